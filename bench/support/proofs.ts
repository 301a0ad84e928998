/*
 * The credentials that warm requests use in turn. One session that is asked for over and over stays in the caches of the
 * processor, which flatters every subject.
 */
import { createSessionSealer } from '../../src/sessions/sealed-session.ts'
import { type Entry, isInFramework } from '../catalogue.ts'
import { openSqliteRows } from '../stored/rows.ts'
import { addAccessTokens, STORES } from '../stored/stores.ts'
import { SECRET } from '../subjects/latchkey.ts'
import { sqliteFile } from './files.ts'
import { logIn, makeAccessToken } from './requests.ts'
import { storedId, storedToken } from './stored-tokens.ts'
import type { SubjectProcess } from './subject-process.ts'

/** Sessions of a subject that stores them. */
export const SESSIONS_IN_TURN = 10_000

/**
 * Returns the credentials of a subject: of 10,000 sessions, or of its users if it only stores sessions that its login made.
 * @param users number of users of the subject.
 */
export async function makeProofs(subject: SubjectProcess, users: number): Promise<readonly string[]> {
  const { entry, port } = subject
  if (entry.login === null) return ['session=none']
  if (entry.id === 'hand-memory') return numbers().map((session) => `session=${storedToken(session)}`)
  const cookie = await logIn(port, entry.login)
  if (entry.proof === 'access_token') return makeAccessTokens(subject, cookie)
  if (entry.id.startsWith('latchkey-sealed')) return sealSessions(cookie)
  const open = STORES[storeOf(entry)]
  if (open === undefined) return logInAll(subject, users)
  const store = await open({ options: subject.options, cookie })
  await store.add(0, SESSIONS_IN_TURN)
  await store.close()
  return numbers().map(store.cookie)
}

/** Latchkey in a framework stores sessions like Latchkey on SQLite. */
function storeOf(entry: Entry): string {
  return isInFramework(entry) ? 'latchkey-sqlite' : (entry.storeOf ?? entry.id)
}

async function makeAccessTokens({ options, port }: SubjectProcess, cookie: string): Promise<string[]> {
  await makeAccessToken(port, cookie)
  const rows = openSqliteRows(sqliteFile(options.directory))
  const tokens = await addAccessTokens(rows, SESSIONS_IN_TURN)
  await rows.close()
  return tokens.map((token) => `Bearer ${token}`)
}

function sealSessions(cookie: string): string[] {
  const [name = '', value = ''] = cookie.split(/=|; /)
  const sealer = createSessionSealer([Buffer.from(SECRET, 'base64url')])
  const opened = sealer.open(value)
  if (opened === null) throw new Error('The cookie of the login is not sealed with the secret of the benchmark')
  const { user, session } = opened.principal
  return numbers().map((number) => {
    const issued = {
      user,
      session: { ...session, id: storedId('session', number) as never },
      token: storedToken(number),
    }
    return `${name}=${sealer.seal(issued as never, Date.now())}`
  })
}

function logInAll({ entry, port }: SubjectProcess, users: number): Promise<string[]> {
  return Promise.all(Array.from({ length: users }, (_, user) => logIn(port, entry.login ?? '', user)))
}

function numbers(): number[] {
  return Array.from({ length: SESSIONS_IN_TURN }, (_, index) => index)
}
