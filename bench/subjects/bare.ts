/* The limits on node:http: the bare server, and the minimal verification: SHA-256 and a Map. */
import { hash, randomBytes } from 'node:crypto'
import { SESSIONS_IN_TURN } from '../support/proofs.ts'
import { emailOf } from '../support/requests.ts'
import { storedToken } from '../support/stored-tokens.ts'
import { answerMe, onNodeHttp, readCookie, type Subject, type SubjectMakers } from './subject.ts'

async function bare(): Promise<Subject> {
  return onNodeHttp((_request, response) => answerMe(response, emailOf(0)))
}

export const subjects: SubjectMakers = {
  bare,

  /** A second instance: the difference between two equal subjects is the noise of the machine. */
  'bare-again': bare,

  async 'hand-memory'() {
    const sessions = new Map<string, { readonly email: string }>()
    for (let session = 0; session < SESSIONS_IN_TURN; session++)
      sessions.set(hash('sha256', storedToken(session)), { email: emailOf(session) })
    return onNodeHttp((request, response) => {
      if (request.method === 'POST') {
        const token = randomBytes(32).toString('base64url')
        sessions.set(hash('sha256', token), { email: emailOf(0) })
        response.writeHead(200, { 'Set-Cookie': `session=${token}`, 'Content-Length': 0 }).end()
        return
      }
      const token = readCookie(request.headers.cookie, 'session')
      answerMe(response, sessions.get(hash('sha256', token))?.email ?? null)
    })
  },
}
