import { html } from 'hono/html'
import type { Html, PageView } from '../../kernel/page-view.ts'
import type { ButtonKind } from '../../pages/components/button.ts'
import { withQuery } from '../../pages/components/form.ts'
import { icon } from '../../pages/components/icon.ts'
import { PASSKEY_TEXTS } from './texts.ts'

/** A button that uses or creates a passkey. */
export interface PasskeyButton {
  readonly kind: ButtonKind
  /** Small: for headings. Default false. */
  readonly small?: boolean
  readonly text: string
  /** The route that takes the answer of the authenticator. */
  readonly action: string
  readonly ceremony: 'Creation' | 'Request'
  /** Where a success leads; null: to the account page. */
  readonly next: string | null
  /** True: the browser also offers passkeys in the field for the username. Default false. */
  readonly isConditional?: boolean
  /** What it says when a registration waits for the verification of its address. */
  readonly pending?: string
}

/** Renders the button. A passkey needs JavaScript, so a script in the head of the page shows it. */
export function passkeyButton(
  { basePath, locale, kept }: PageView,
  { kind, small = false, text, action, ceremony, ...rest }: PasskeyButton,
): Html {
  const { failed } = locale.texts(PASSKEY_TEXTS)
  const next = rest.next ?? `${basePath}/account`
  const conditional = rest.isConditional === true ? html` data-conditional="yes"` : ''
  const pending = rest.pending === undefined ? '' : html` data-pending="${rest.pending}"`
  return html`<button type="button" class="${kind}${small ? ' small' : ''}" data-passkey="${action}" data-ceremony="${ceremony}" data-next="${next}" data-step="${withQuery(`${basePath}/login/attempt`, { ...kept })}"${conditional}${pending}>${small ? '' : icon('passkey')}<span>${text}</span></button><p class="error" aria-live="assertive" hidden>${failed}</p>`
}
