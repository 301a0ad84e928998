import type { CreationOptionsJson } from '../../factors/passkeys/wire.ts'
import { createAuthenticator } from '../../testing/software-authenticator.ts'
import { appCode, newPerson, OLD_MS, SAMPLE_PASSWORD, type Sample, STEP_EMAIL } from './sample.ts'
import { at, type PreviewState } from './state.ts'
import type { Visitor } from './visitor.ts'

const ENROL = { sample: 'enrol' } as const
const LONG_NAME = 'W'.repeat(60)

/** Registers a person who adds a passkey. Returns its id. */
async function addPasskey(browser: Visitor, { origin }: Sample, name: string): Promise<string> {
  await newPerson(browser)
  const { options } = (await browser.json('/auth/passkeys/options', {})) as { readonly options: CreationOptionsJson }
  const credential = createAuthenticator({ origin }).create(options)
  const { passkey } = (await browser.json('/auth/passkeys', { credential, name })) as {
    readonly passkey: { readonly id: string }
  }
  return passkey.id
}

/** Returns a state of a person with a passkey. */
function withPasskey(name: string, title: string, path: (id: string) => string): PreviewState {
  return { name, title, prepare: async (browser, sample) => path(await addPasskey(browser, sample, 'Ada’s phone')) }
}

/** Logs a person without a second factor in, where one is required. Returns the page that sets one up. */
async function beginEnrolment(browser: Visitor, { auth }: Sample): Promise<string> {
  const email = `e${Math.random()}@example.com`
  await auth.users.create({ email, password: SAMPLE_PASSWORD, emailVerified: true })
  return browser.form('/auth/login', { email, password: SAMPLE_PASSWORD })
}

/** The states of pages about passkeys and other factors. */
export const FACTOR_STATES: readonly PreviewState[] = [
  {
    name: 'step-recovery',
    title: 'Log in: a recovery code',
    async prepare(browser) {
      await browser.form('/auth/login', { email: STEP_EMAIL, password: SAMPLE_PASSWORD })
      return '/auth/login/attempt?method=recovery_code'
    },
  },
  {
    name: 'step-passkey',
    title: 'Log in: the passkey as another step',
    async prepare(browser, sample) {
      await addPasskey(browser, sample, 'Phone')
      const { user } = (await browser.read('/auth/session')) as { readonly user: { readonly email: string } }
      await browser.form('/auth/logout', {})
      return browser.form('/auth/login', { email: user.email, password: SAMPLE_PASSWORD })
    },
  },
  { name: 'enrol', title: 'Log in: set up a second factor', ...ENROL, prepare: beginEnrolment },
  {
    name: 'enrol-app',
    title: 'Log in: set up the authenticator app',
    ...ENROL,
    async prepare(browser, sample) {
      await beginEnrolment(browser, sample)
      return browser.form('/auth/totp', {})
    },
  },
  {
    name: 'enrol-codes',
    title: 'Log in: the new recovery codes',
    ...ENROL,
    async prepare(browser, sample) {
      await beginEnrolment(browser, sample)
      const { secret } = (await browser.json('/auth/totp', {})) as { readonly secret: string }
      return browser.form('/auth/totp/confirm', { code: await appCode(secret, sample.now()) })
    },
  },
  at('enrol-codes-gone', 'Log in: recovery codes, reloaded', '/auth/login/recovery-codes', ENROL),
  withPasskey('security-passkey', 'Security: a passkey', () => '/auth/account/security'),
  {
    name: 'security-passkey-long',
    title: 'Security: a passkey with a long name',
    async prepare(browser, sample) {
      await addPasskey(browser, sample, LONG_NAME)
      return '/auth/account/security'
    },
  },
  withPasskey('passkey', 'Change a passkey', (id) => `/auth/account/security/passkey?id=${id}`),
  withPasskey('passkey-remove', 'Remove a passkey?', (id) => `/auth/account/security/passkey/remove?id=${id}`),
  at('passkey-gone', 'Change a passkey: it is gone', '/auth/account/security/passkey?id=x', {
    as: 'empty@example.com',
  }),
  {
    name: 'prove-passkey',
    title: 'Confirm that it is you: with a passkey',
    async prepare(browser, sample) {
      await addPasskey(browser, sample, 'Phone')
      sample.advance(OLD_MS)
      return '/auth/reauthenticate?next=/auth/account/delete'
    },
  },
  {
    name: 'prove-email',
    title: 'Confirm that it is you: check your email',
    async prepare(browser, sample) {
      await newPerson(browser)
      sample.advance(OLD_MS)
      return browser.form('/auth/reauthenticate/email', { next: '/auth/account/delete' })
    },
  },
]
