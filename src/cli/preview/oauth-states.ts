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
  asPerson('app-logout', 'Log out for an app?', '/auth/oauth/logout'),
  withGrant('apps-revoke', 'Apps: revoke?', 'Notes', (id) => `/auth/account/apps/revoke?id=${id}`),
]
