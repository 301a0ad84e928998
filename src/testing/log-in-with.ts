import { z } from 'zod'
import type { Latchkey } from '../instance.ts'
import { acceptConfiguration, strictMembers } from '../kernel/arguments.ts'
import type { User } from '../kernel/principal.ts'
import { type BrowserCookie, toBrowserCookie } from './log-in.ts'
import type { MemoryProvider, TestAccount } from './memory-provider.ts'

/** A login with a provider. */
export interface TestProviderLogin {
  /** Where the browser goes: `next`, the page of an open step, or the login page with a message. */
  readonly location: string
  /** The user who is logged in; null if the login is not complete. */
  readonly user: User | null
  /** Value of the `Cookie` header. */
  readonly cookie: string
  /** Cookies for `context.addCookies` of Playwright. */
  readonly browserCookies: BrowserCookie[]
}

const accountSchema = strictMembers({
  subject: z.string('must be a text, also for providers with numbers').min(1, 'must not be empty'),
  email: z.string('must be an email address').optional(),
  emailVerified: z.union([z.boolean(), z.string()], 'must be true, false, or a text that a provider sends').optional(),
  name: z.string('must be a name').optional(),
  claims: z.record(z.string(), z.unknown(), 'must be an object with claims').optional(),
})

interface Where {
  readonly auth: Latchkey
  readonly baseUrl: string
  readonly memory: MemoryProvider
  /** What was reported until now. */
  readonly errors: readonly unknown[]
}

/**
 * Logs in with a provider: the request to it, its approval as this account, and the callback.
 * @throws ConfigurationError if the account is wrong, and Error with the answer if the provider is not in the options.
 */
export async function logInWith(
  { auth, baseUrl, memory, errors }: Where,
  provider: string,
  account: TestAccount,
): Promise<TestProviderLogin> {
  acceptConfiguration('logInWith', accountSchema, account)
  const { origin } = new URL(baseUrl)
  const send = (path: string, cookie: string): Promise<Response> =>
    auth.handler(new Request(`${origin}${auth.basePath}${path}`, { headers: cookie === '' ? {} : { cookie } }), {
      remoteAddress: '127.0.0.1',
    })
  const path = `/login/with/${encodeURIComponent(provider)}`
  const begun = await send(path, '')
  const atProvider = begun.headers.get('location')
  if (atProvider === null) throw new Error(`${provider} does not begin a login: ${begun.status} ${await begun.text()}`)
  if (atProvider.startsWith('/')) throw new Error(`${provider} does not begin a login`, { cause: errors.at(-1) })
  const query = new URLSearchParams(memory.approve(atProvider, account))
  const answer = await send(`${path}/callback?${query}`, cookiesOf(begun).join('; '))
  const pairs = cookiesOf(answer)
  const cookie = pairs.join('; ')
  const session = await send('/session', cookie)
  const { user = null } =
    session.status === 200 ? ((await session.json()) as { readonly user: { readonly id: string } }) : {}
  return {
    location: answer.headers.get('location') ?? '',
    user: user === null ? null : await auth.users.find(user.id),
    cookie,
    browserCookies: pairs.map((pair) => toBrowserCookie(pair, baseUrl)),
  }
}

function cookiesOf(response: Response): string[] {
  const pairs = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  return pairs.filter((pair) => !pair.endsWith('='))
}
