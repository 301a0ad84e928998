/// <reference lib="dom" />
/* A page that a server renders and a browser hydrates. */
import { createElement, type ReactElement } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { createClient, type LatchkeyClient, type SessionState } from '../../src/client.ts'
import { SessionProvider, useClient, useSession } from '../../src/react.ts'

function Greeting(): ReactElement {
  const auth = useClient()
  const session = useSession()
  if (session.status !== 'logged_in') return createElement('p', null, session.status)
  return createElement('button', { type: 'button', onClick: () => auth.logOut() }, `Log out ${session.user.email}`)
}

/** The page: two components that both read the session. */
export function reactPage(client: LatchkeyClient, initial?: SessionState): ReactElement {
  return createElement(SessionProvider, { client, initial }, createElement(Greeting), createElement(Greeting))
}

if ('document' in globalThis) {
  const initial = JSON.parse(document.querySelector('#initial')?.textContent ?? '')
  // the page has this element
  hydrateRoot(document.querySelector('main') as HTMLElement, reactPage(createClient(), initial))
}
