/* iron-session on node:http. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { getIronSession } from 'iron-session'
import { answerMe, listenOn } from '../subjects/subject.ts'
import { createUsers, PEER_SECRET, provePassword } from './users.js'

const OPTIONS = { password: PEER_SECRET, cookieName: 'session', cookieOptions: { secure: false } }

export const subjects = {
  async 'iron-session'(options) {
    const users = await createUsers(options.users)
    const server = createServer(async (request, response) => {
      const session = await getIronSession(request, response, OPTIONS)
      if (request.method === 'POST') {
        const user = await provePassword(users, JSON.parse(await text(request)))
        if (user !== null) {
          session.user = { id: user.id, email: user.email }
          await session.save()
        }
      }
      answerMe(response, session.user?.email ?? null)
    })
    return { listen: () => listenOn(server) }
  },
}
