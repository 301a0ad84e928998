import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest, SecuritySection } from '../kernel/feature.ts'
import type { UserId } from '../kernel/ids.ts'
import type { PageParts } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { note } from '../pages/components/note.ts'
import { hiddenUsername, password } from '../pages/components/password.ts'
import { time } from '../pages/components/time.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import type { PasswordStore } from './store.ts'
import { PASSWORD_TEXTS } from './texts.ts'

/** Dependencies of the account pages about the password. */
export interface PasswordPageDeps {
  readonly passwords: Pick<PasswordStore, 'findChangedAt'>
  readonly minLength: number
}

/** Returns the page that changes the password. */
export function passwordPage({ passwords, minLength }: PasswordPageDeps): AccountPage {
  const isFirst = async (user: UserId): Promise<boolean> => (await passwords.findChangedAt(user)) === null
  return {
    path: '/security/password',
    needsFresh: isFirst,
    render: async (request) => changePage(request, { minLength, isFirst: await isFirst(request.principal.user.id) }),
  }
}

/** Asks for a new password, and for the current one if there is one. */
function changePage(
  request: AccountPageRequest,
  { minLength, isFirst }: { readonly minLength: number; readonly isFirst: boolean },
): PageParts {
  const { basePath, locale, principal, query } = request
  const texts = locale.texts(PASSWORD_TEXTS)
  const { newPassword, passwordHint, cancel } = locale.texts(PAGE_TEXTS)
  const hint = passwordHint(minLength)
  const title = isFirst ? texts.setFirst : texts.change
  const fields = html`${hiddenUsername(principal.user.email)}
${isFirst ? '' : password(request, { name: 'currentPassword', label: texts.current, autocomplete: 'current-password' })}
${password(request, { name: 'newPassword', label: newPassword, autocomplete: 'new-password', hint })}
<div class="buttons">${button('main', title)}${buttonLink('plain', `${basePath}/account/security`, cancel)}</div>`
  return {
    title,
    lead: texts.changeLead,
    body: html`${query.because === 'stranger' ? note('warn', texts.suspicious) : ''}
<section class="card">${form(`${basePath}/password/change`, fields)}</section>`,
  }
}

/** Returns the section of the security page about the password. */
export function passwordSection({ passwords }: PasswordPageDeps): SecuritySection {
  return {
    place: 10,
    async render({ basePath, locale, now, principal }) {
      const texts = locale.texts(PASSWORD_TEXTS)
      const changedAt = await passwords.findChangedAt(principal.user.id)
      const changed = changedAt === null ? texts.none : html`${texts.changedAgo} ${time({ locale, now }, changedAt)}`
      const text = changedAt === null ? texts.setFirst : texts.change
      const change = buttonLink('plain', `${basePath}/account/security/password`, text, { small: true })
      return html`<section class="card"><div class="card-head"><span class="badge">${icon('lock')}</span><div><h2>${texts.password}</h2><p class="sub">${changed}</p></div>${change}</div></section>`
    },
  }
}
