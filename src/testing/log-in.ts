import { z } from 'zod'
import type { Latchkey } from '../instance.ts'
import { acceptConfiguration, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import type { User } from '../kernel/principal.ts'

/** A user with a session. */
export interface TestLogin {
  readonly user: User
  readonly password: string
  /** Value of the `Cookie` header. */
  readonly cookie: string
  /** Cookies for `context.addCookies` of Playwright. */
  readonly browserCookies: BrowserCookie[]
}

/** A cookie in the format of browser automation. */
export interface BrowserCookie {
  readonly name: string
  readonly value: string
  readonly url: string
  readonly httpOnly: true
  readonly secure: boolean
  readonly sameSite: 'Lax'
}

/** Options of `logIn`. */
export interface TestLoginOptions {
  /** Name of the user, if the user is created. Default none. */
  readonly name?: string
  /** Password of the user; required if you created the user with another one. Default `correct horse battery`. */
  readonly password?: string
  /** If true, the session outlives the browser. Default false. */
  readonly remember?: boolean
}

const optionsSchema = strictMembers(
  {
    name: z.string('must be a name').optional(),
    password: z.string('must be a password').optional(),
    remember: booleanSchema.optional(),
  },
  'option',
)

interface Where {
  readonly auth: Latchkey
  readonly baseUrl: string
}

/**
 * Logs a user in through the public login route; creates the user if there is none.
 * @throws ConfigurationError if an option is wrong, and Error with the response if it is not a complete login.
 */
export async function logIn(
  { auth, baseUrl }: Where,
  email = 'ada@example.com',
  options: TestLoginOptions = {},
): Promise<TestLogin> {
  const {
    name,
    password = 'correct horse battery',
    remember = false,
  } = acceptConfiguration('logIn', optionsSchema, options)
  const user =
    (await auth.users.find(email)) ?? (await auth.users.create({ email, name, password, emailVerified: true }))
  const login = new Request(`${new URL(baseUrl).origin}${auth.basePath}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, remember }),
  })
  const answer = await auth.handler(login, { remoteAddress: '127.0.0.1' })
  const text = await answer.text()
  if (answer.status !== 200 || JSON.parse(text).status !== 'complete') {
    throw new Error(`${email} could not be logged in: ${answer.status} ${text}`)
  }
  const pairs = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return {
    user,
    password,
    cookie: pairs.join('; '),
    browserCookies: pairs.map((pair) => toBrowserCookie(pair, baseUrl)),
  }
}

/** Returns a cookie in the format of browser automation. */
export function toBrowserCookie(pair: string, baseUrl: string): BrowserCookie {
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  const secure = baseUrl.startsWith('https:')
  return { name, value, url: baseUrl, httpOnly: true, secure, sameSite: 'Lax' }
}
