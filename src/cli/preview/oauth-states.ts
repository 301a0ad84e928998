import { newPerson, type Sample } from './sample.ts'
import type { PreviewState } from './state.ts'
import type { Visitor } from './visitor.ts'

const REDIRECT_URI = 'https://notes.example.com/callback'

/** Registers a person, and an app that asks for access. Returns the page with the question. */
async function askConsent(browser: Visitor, { auth }: Sample, name: string): Promise<string> {
  await newPerson(browser)
  const { client } = await auth.oauthClients.create({ name, redirectUris: [REDIRECT_URI], scopes: ['orders:read'] })
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid profile email offline_access orders:read',
    prompt: 'consent',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', // RFC 7636 appendix B
    code_challenge_method: 'S256',
  })
  const answer = await browser.get(`/auth/oauth/authorize?${query}`)
  const location = new URL(answer.headers.get('location') ?? '', REDIRECT_URI)
  return `${location.pathname}${location.search}`
}

/** Returns a state of a person who allowed an app. */
function withGrant(name: string, title: string, app: string, path: (id: string) => string): PreviewState {
  return {
    name,
    title,
    sample: 'oauth',
    async prepare(browser, sample) {
      const [, request = ''] = (await askConsent(browser, sample, app)).split('request=')
      const next = new URL(await browser.form('/auth/oauth/consent', { request, decision: 'allow' }), REDIRECT_URI)
      await browser.get(`${next.pathname}${next.search}`)
      const { grants } = (await browser.read('/auth/grants')) as { readonly grants: { readonly id: string }[] }
      return path(grants[0]?.id ?? '')
    },
  }
}

/** Returns a state of a page for a person who is logged in. */
function asPerson(name: string, title: string, path: string): PreviewState {
  return {
    name,
    title,
    sample: 'oauth',
    async prepare(browser) {
      await newPerson(browser)
      return path
    },
  }
}

/** Lets a device begin, and returns the page that asks a person about it. */
async function askDevice(browser: Visitor, { auth, origin }: Sample): Promise<string> {
  await newPerson(browser)
  const { client } = await auth.oauthClients.create({
    name: 'Television',
    redirectUris: [REDIRECT_URI],
    scopes: ['orders:read'],
    isPublic: true,
  })
  const body = new URLSearchParams({ client_id: client.id, scope: 'openid orders:read' })
  const answer = await auth.handler(new Request(`${origin}/auth/oauth/device`, { method: 'POST', body }))
  const { user_code: code } = (await answer.json()) as { readonly user_code: string }
  return `/auth/device?user_code=${code}`
}

/** The states of pages about apps of third parties. */
export const OAUTH_STATES: readonly PreviewState[] = [
  {
    name: 'consent',
    title: 'Allow an app?',
    sample: 'oauth',
    prepare: (browser, sample) => askConsent(browser, sample, 'Notes'),
  },
  {
    name: 'consent-long',
    title: 'Allow an app? Long name',
    sample: 'oauth',
    prepare: (browser, sample) => askConsent(browser, sample, 'W'.repeat(60)),
  },
  asPerson('apps-empty', 'Apps: none', '/auth/account/apps'),
  withGrant('apps', 'Apps', 'Notes', () => '/auth/account/apps'),
  asPerson('device-code', 'Connect a device', '/auth/device'),
  asPerson('device-wrong', 'Connect a device: wrong code', '/auth/device?user_code=BBBBBBBB'),
  { name: 'device-question', title: 'Connect a device: allow?', sample: 'oauth', prepare: askDevice },
  {
    name: 'device-allowed',
    title: 'Connect a device: allowed',
    sample: 'oauth',
    async prepare(browser, sample) {
      const userCode = (await askDevice(browser, sample)).split('=')[1] ?? ''
      return browser.form('/auth/device', { userCode, decision: 'allow' })
    },
  },
  asPerson('app-logout', 'Log out for an app?', '/auth/oauth/logout'),
  withGrant('apps-revoke', 'Apps: revoke?', 'Notes', (id) => `/auth/account/apps/revoke?id=${id}`),
]
