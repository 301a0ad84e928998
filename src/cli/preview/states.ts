import { FACTOR_STATES } from './factor-states.ts'
import { OAUTH_STATES } from './oauth-states.ts'
import { PROVIDER_STATES } from './provider-states.ts'
import { LONG_EMAIL, newPerson, OLD_MS, SAMPLE_PASSWORD, type Sample, STEP_EMAIL, setUpApp } from './sample.ts'
import { after, at, link, type PreviewState } from './state.ts'
import type { Visitor } from './visitor.ts'

/** The person whose account the preview shows. */
export const PERSON = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' } as const
/** A person with very long names. */
export const LONG_PERSON = { email: LONG_EMAIL, name: 'N'.repeat(60) } as const

const WRONG = 'a wrong password'

const forgot = (sample: Sample): Promise<unknown> =>
  sample.visitor().form('/auth/password/forgot', { email: PERSON.email })

/** A new person asks for another address. */
async function changeEmail(sample: Sample): Promise<void> {
  const browser = await newPerson(sample.visitor())
  await browser.form('/auth/email/change', { email: `c${Math.random()}@example.com` })
}

/** The states of pages for people who are not logged in. */
const ENTRY: readonly PreviewState[] = [
  at('login', 'Log in', '/auth/login'),
  after('login-refused', 'Log in: refused', ['/login', { email: PERSON.email, password: WRONG, remember: 'on' }]),
  {
    name: 'login-throttled',
    title: 'Log in: too many attempts',
    sample: 'strict',
    async prepare(browser) {
      const attempt = (): Promise<string> => browser.form('/auth/login', { email: PERSON.email, password: WRONG })
      await attempt()
      await attempt()
      return attempt()
    },
  },
  after('login-empty', 'Log in: empty', ['/login', {}]),
  {
    name: 'login-ended',
    title: 'Log in: after a session ended',
    async prepare(browser) {
      browser.cookies.set('latchkey', 'lks_dead')
      const answer = await browser.get('/auth/account/devices')
      return answer.headers.get('location') ?? ''
    },
  },
  at('register', 'Create account', '/auth/register'),
  after('register-refused', 'Create account: refused', [
    '/register',
    { email: 'not an address', password: 'short', name: 'Ada' },
  ]),
  after('register-taken', 'Create account: address taken', [
    '/register',
    { email: PERSON.email, password: SAMPLE_PASSWORD },
  ]),
  after(
    'register-sent',
    'Create account: check your email',
    ['/register', { email: 'new@example.com', password: SAMPLE_PASSWORD }],
    { sample: 'required' },
  ),
  at('register-closed', 'Create account: closed', '/auth/register', { sample: 'closed' }),
  at('register-invite', 'Create account: by invitation', '/auth/register', { sample: 'invite' }),
  link('register-invited', 'Create account: invited', '/register', ({ auth }) =>
    auth.invitations.create({ email: 'guest@example.com' }),
  ),
  at('register-dead', 'Create account: dead invitation', '/auth/register?invitation=lkv_x'),
  at('forgot', 'Forgot password', '/auth/password/forgot'),
  after('forgot-sent', 'Forgot password: check your email', ['/password/forgot', { email: PERSON.email }]),
  link('reset', 'Set a new password', '/password/reset', forgot),
  {
    ...link('reset-refused', 'Set a new password: refused', '/password/reset', forgot),
    async prepare(browser, sample) {
      const path = await link('', '', '/password/reset', forgot).prepare(browser, sample)
      const token = new URLSearchParams(path.split('?')[1]).get('token') ?? ''
      return browser.form('/auth/password/reset', { token, password: 'short' })
    },
  },
  at('reset-dead', 'Set a new password: dead link', '/auth/password/reset?token=lkr_x'),
  link('verify', 'Confirm email: asks for the password', '/email/verify', (sample) =>
    sample.visitor().form('/auth/register', { email: `v${Math.random()}@example.com`, password: SAMPLE_PASSWORD }),
  ),
  {
    name: 'login-unverified',
    title: 'Log in: the address is not verified',
    sample: 'required',
    async prepare(browser) {
      const email = `u${Math.random()}@example.com`
      await browser.form('/auth/register', { email, password: SAMPLE_PASSWORD })
      return browser.form('/auth/login', { email, password: SAMPLE_PASSWORD })
    },
  },
  link('change-confirm', 'Change email: asks for the password', '/email/change/confirm', changeEmail),
  link('change-undo', 'Keep the old address?', '/email/change/undo', changeEmail),
  at('change-dead', 'Change email: dead link', '/auth/email/change/confirm?token=lkv_x'),
  at('verify-dead', 'Confirm email: dead link', '/auth/email/verify?token=lkv_x'),
  {
    name: 'step',
    title: 'Log in: another step',
    prepare: (browser) => browser.form('/auth/login', { email: STEP_EMAIL, password: SAMPLE_PASSWORD }),
  },
  {
    name: 'step-refused',
    title: 'Log in: wrong code',
    async prepare(browser) {
      await browser.form('/auth/login', { email: STEP_EMAIL, password: SAMPLE_PASSWORD })
      return browser.form('/auth/login/totp', { code: '000000' })
    },
  },
  {
    name: 'recovery',
    title: 'Log in: recovery without the second factors',
    async prepare(browser) {
      await browser.form('/auth/login', { email: STEP_EMAIL, password: SAMPLE_PASSWORD })
      return '/auth/login/recovery'
    },
  },
  {
    name: 'recovery-waiting',
    title: 'Log in: recovery, the 72 hours',
    async prepare(browser, sample) {
      const email = `r${Math.random()}@example.com`
      await sample.auth.users.create({ email, password: SAMPLE_PASSWORD })
      await setUpApp(sample, await sample.member(email))
      await browser.form('/auth/login', { email, password: SAMPLE_PASSWORD })
      return browser.form('/auth/login/recovery', {})
    },
  },
  at('email-code-ask', 'Log in by email', '/auth/login/email'),
  after('email-code', 'Log in by email: check your email', ['/login/email', { email: PERSON.email }]),
  link('email-code-link', 'Log in by email: the link on another device', '/login/email', (sample) =>
    sample.visitor().form('/auth/login/email', { email: PERSON.email }),
  ),
  {
    name: 'email-code-continue',
    title: 'Log in by email: the link in the same browser',
    async prepare(browser, sample) {
      const order = (): Promise<string> => browser.form('/auth/login/email', { email: PERSON.email })
      return link('', '', '/login/email', order).prepare(browser, sample)
    },
  },
  at('email-code-dead', 'Log in by email: dead link', '/auth/login/email?token=lke_x'),
  at('step-ended', 'Log in: the attempt has ended', '/auth/login/attempt'),
  at('not-found', 'Error: not found', '/auth/nowhere'),
  at('unauthenticated', 'Error: not logged in', '/auth/session'),
  at('not-logged-in', 'Log out: not logged in', '/auth/logout'),
]

const ME = { as: PERSON.email } as const

/** Returns a state of a session whose last proof of identity is old. */
function stale(name: string, title: string, prepare: (browser: Visitor) => Promise<string>): PreviewState {
  return {
    name,
    title,
    as: PERSON.email,
    prepare(browser, sample) {
      sample.advance(OLD_MS)
      return prepare(browser)
    },
  }
}

/** The states of the account. */
const ACCOUNT: readonly PreviewState[] = [
  at('profile', 'Profile', '/auth/account', ME),
  {
    name: 'profile-new',
    title: 'Profile: new account',
    async prepare(browser) {
      return browser.form('/auth/register', { email: `n${Math.random()}@example.com`, password: SAMPLE_PASSWORD })
    },
  },
  after('profile-pending', 'Profile: pending change of address', ['/email/change', { email: 'ada@new.example' }], ME),
  at('email', 'Change email address', '/auth/account/email', ME),
  at('security', 'Security', '/auth/account/security', ME),
  at('totp', 'Set up an authenticator app', '/auth/account/security/totp', ME),
  after('totp-setup', 'Set up an authenticator app: scan', ['/account/start-totp', {}], ME),
  {
    name: 'totp-refused',
    title: 'Set up an authenticator app: wrong code',
    as: PERSON.email,
    async prepare(browser) {
      const [, setup = ''] = (await browser.form('/auth/account/start-totp', {})).split('?setup=')
      return browser.form('/auth/account/confirm-totp', { code: '000000', setup })
    },
  },
  {
    name: 'codes-shown',
    title: 'Recovery codes, shown once',
    prepare: async (browser, sample) => setUpApp(sample, await newPerson(browser)),
  },
  {
    name: 'security-removal',
    title: 'Security: the removal of a factor waits',
    async prepare(browser, sample) {
      const email = `s${Math.random()}@example.com`
      const { id } = await sample.auth.users.create({ email, password: SAMPLE_PASSWORD })
      await browser.form('/auth/login', { email, password: SAMPLE_PASSWORD })
      await setUpApp(sample, browser)
      await sample.auth.factors.remove(id, 'totp')
      return '/auth/account/security'
    },
  },
  {
    name: 'security-factors',
    title: 'Security: authenticator app',
    async prepare(browser, sample) {
      await setUpApp(sample, await newPerson(browser))
      return '/auth/account/security'
    },
  },
  at('totp-remove', 'Remove the authenticator app?', '/auth/account/security/totp/remove', ME),
  at('codes', 'New recovery codes?', '/auth/account/security/recovery-codes', ME),
  at('password', 'Change password', '/auth/account/security/password', ME),
  at('password-stranger', 'Change password: was it not you?', '/auth/account/security/password?because=stranger', ME),
  after(
    'password-refused',
    'Change password: refused',
    ['/password/change', { currentPassword: WRONG, newPassword: 'a new long password' }],
    ME,
  ),
  at('devices', 'Devices', '/auth/account/devices', ME),
  at('devices-question', 'Devices: log out all others?', '/auth/account/devices/log-out-others', ME),
  after('devices-done', 'Devices: logged out', ['/account/end-other-sessions', {}], { as: LONG_EMAIL }),
  at('devices-long', 'Devices: long names', '/auth/account/devices', { as: LONG_EMAIL }),
  at('tokens', 'Access tokens', '/auth/account/tokens', ME),
  at('tokens-empty', 'Access tokens: none', '/auth/account/tokens', { as: 'empty@example.com' }),
  at('tokens-new', 'Access tokens: create', '/auth/account/tokens/new', ME),
  after(
    'tokens-created',
    'Access tokens: created',
    ['/account/create-token', { name: 'Release', expires: '30', 'scope:profile': 'on' }],
    ME,
  ),
  {
    name: 'tokens-revoke',
    title: 'Access tokens: revoke?',
    as: PERSON.email,
    async prepare(_browser, { auth }) {
      const user = await auth.users.find(PERSON.email)
      const [token] = user === null ? [] : await auth.tokens.list(user.id)
      return `/auth/account/tokens/revoke?id=${token?.id ?? ''}`
    },
  },
  at('activity', 'Activity', '/auth/account/activity', ME),
  at('data', 'Your data', '/auth/account/data', ME),
  at('delete', 'Delete account', '/auth/account/delete', ME),
  after('delete-refused', 'Delete account: refused', ['/account/delete', { email: 'wrong@example.com' }], ME),
  at('logout', 'Log out', '/auth/logout', ME),
  at('profile-long', 'Profile: long names', '/auth/account', { as: LONG_EMAIL }),
  stale('prove', 'Confirm that it is you', async () => '/auth/reauthenticate?next=/auth/account/delete'),
  stale('prove-refused', 'Confirm that it is you: refused', (browser) =>
    browser.form('/auth/reauthenticate', { password: WRONG, next: '/auth/account/delete' }),
  ),
]

/** The pages for developers. */
const DEVELOPER: readonly PreviewState[] = [
  at('reference', 'API reference', '/auth/reference'),
  at('reference-part', 'API reference: a part', '/auth/reference/login'),
  at('problem-index', 'All refusals', '/auth/problems'),
  at('problem', 'A problem', '/auth/problems/token_invalid'),
]

/** All states, in the order of the index. */
export const STATES: readonly PreviewState[] = [
  ...ENTRY,
  ...FACTOR_STATES,
  ...PROVIDER_STATES,
  ...OAUTH_STATES,
  ...ACCOUNT,
  ...DEVELOPER,
]
