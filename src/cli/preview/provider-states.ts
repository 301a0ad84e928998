import type { TestAccount } from '../../testing/memory-provider.ts'
import { OLD_MS, SAMPLE_PASSWORD, type Sample } from './sample.ts'
import { at, type PreviewState } from './state.ts'
import type { Visitor } from './visitor.ts'

const PROVIDERS = { sample: 'providers' } as const

/** Goes to a provider, which approves the account, and back. Returns where the round leads. */
async function runRound(
  browser: Visitor,
  { provider }: Sample,
  { id, account }: { readonly id: string; readonly account: TestAccount },
): Promise<string> {
  const path = `/auth/login/with/${id}`
  const begun = await browser.get(path)
  const answer = new URLSearchParams(provider.approve(begun.headers.get('location') ?? '', account))
  const ended = await browser.get(`${path}/callback?${answer}`)
  return ended.headers.get('location') ?? path
}

/** Logs a new person in with Google: an account without a password. */
async function logInWithGoogle(browser: Visitor, sample: Sample): Promise<void> {
  const subject = String(Math.random())
  const account = { subject, email: `g${subject}@gmail.com`, emailVerified: true, name: 'Ada Lovelace' }
  await runRound(browser, sample, { id: 'google', account })
}

/** Returns a state of a person who logged in with Google. */
function asGoogler(name: string, title: string, path: string): PreviewState {
  return {
    name,
    title,
    ...PROVIDERS,
    async prepare(browser, sample) {
      await logInWithGoogle(browser, sample)
      return path
    },
  }
}

/** The states of pages about providers. */
export const PROVIDER_STATES: readonly PreviewState[] = [
  at('login-providers', 'Log in: all providers', '/auth/login', PROVIDERS),
  at('register-providers', 'Create account: all providers', '/auth/register', PROVIDERS),
  {
    name: 'login-provider-refused',
    title: 'Log in with a provider: not completed',
    ...PROVIDERS,
    prepare: async (browser) =>
      (await browser.get('/auth/login/with/google/callback?state=x')).headers.get('location') ?? '',
  },
  {
    name: 'login-provider-link-first',
    title: 'Log in with a provider: the address has an account',
    ...PROVIDERS,
    async prepare(browser, sample) {
      const email = `l${Math.random()}@example.com`
      await sample.auth.users.create({ email, password: SAMPLE_PASSWORD, emailVerified: true })
      return runRound(browser, sample, { id: 'company', account: { subject: email, email, emailVerified: true } })
    },
  },
  asGoogler('security-providers', 'Security: a provider is linked, no password', '/auth/account/security'),
  asGoogler('password-first', 'Set a first password', '/auth/account/security/password'),
  {
    name: 'unlink',
    title: 'Unlink a provider?',
    ...PROVIDERS,
    async prepare(browser, sample) {
      await logInWithGoogle(browser, sample)
      const { identities } = (await browser.read('/auth/identities')) as {
        readonly identities: { readonly id: string }[]
      }
      return `/auth/account/security/unlink?id=${identities[0]?.id ?? ''}`
    },
  },
  {
    name: 'prove-provider',
    title: 'Confirm that it is you: with a provider',
    ...PROVIDERS,
    async prepare(browser, sample) {
      await logInWithGoogle(browser, sample)
      sample.advance(OLD_MS)
      return '/auth/reauthenticate?next=/auth/account/delete'
    },
  },
]
