import { html } from 'hono/html'
import type { AccountPageRequest, SecuritySection } from '../kernel/feature.ts'
import type { Html } from '../kernel/page-view.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { form } from '../pages/components/form.ts'
import { icon } from '../pages/components/icon.ts'
import { dotted, type Row, rows, tag } from '../pages/components/row.ts'
import { time } from '../pages/components/time.ts'
import { deviceIcon, deviceName } from '../sessions/device-name.ts'
import type { ReadFactorsDeps } from './factors-json.ts'
import type { RememberedDevice } from './remembered-devices/store.ts'
import { SECURITY_TEXTS } from './security-texts.ts'

/** Returns the sections of the page *Security* about the authenticator app, its recovery codes and remembered devices. */
export function factorSections(deps: ReadFactorsDeps, isOffered: boolean): readonly SecuritySection[] {
  return [
    { place: 30, render: async (request) => (isOffered ? appSection(request, deps) : null) },
    {
      place: 40,
      async render(request) {
        const devices = await deps.rememberedDevices.list(request.principal.user.id, deps.clock())
        return devices.length === 0 ? null : deviceSection(request, devices)
      },
    },
  ]
}

async function appSection(request: AccountPageRequest, { totp, recoveryCodes }: ReadFactorsDeps): Promise<Html> {
  const { basePath, locale, principal } = request
  const texts = locale.texts(SECURITY_TEXTS)
  const [app, codes] = await Promise.all([totp.find(principal.user.id), recoveryCodes.find(principal.user.id)])
  if (app === null || app.confirmedAt === null) {
    const setUp = form(`${basePath}/account/start-totp`, button('plain', texts.setUp, { small: true }))
    return html`<section class="card"><div class="card-head"><span class="badge">${icon('phone')}</span><div><h2>${texts.app}</h2><p class="sub">${texts.appLead}</p></div>${setUp}</div></section>`
  }
  const left = codes?.left ?? 0
  const since = html`${texts.since} ${time(request, app.confirmedAt)}`
  const remove = buttonLink('plain', `${basePath}/account/security/totp/remove`, texts.remove, {
    small: true,
    label: texts.removeLabel,
  })
  const create = buttonLink('plain', `${basePath}/account/security/recovery-codes`, texts.newCodes, { small: true })
  return html`<section class="card"><div class="card-head"><span class="badge">${icon('phone')}</span><div><h2>${texts.app} ${tag('ok', texts.on)}</h2><p class="sub">${since}</p></div>${remove}</div>
<div class="card-head"><span class="badge">${icon('key')}</span><div><h3>${texts.codes}</h3><p class="sub">${left < 3 ? tag('warn', texts.codesLeft(left)) : texts.codesLeft(left)}</p></div>${create}</div></section>`
}

function deviceSection(request: AccountPageRequest, devices: readonly RememberedDevice[]): Html {
  const texts = request.locale.texts(SECURITY_TEXTS)
  return html`<section class="group"><h2>${texts.devices}</h2><p class="soft">${texts.devicesLead}</p>${rows(devices.map((device) => deviceRow(request, device)))}</section>`
}

function deviceRow(request: AccountPageRequest, { id, userAgent, createdAt, lastUsedAt }: RememberedDevice): Row {
  const { basePath, locale } = request
  const texts = locale.texts(SECURITY_TEXTS)
  const name = deviceName(locale, userAgent)
  const used = lastUsedAt === null ? null : html`${texts.used} ${time(request, lastUsedAt)}`
  const forget = button('plain', texts.forget, { small: true, label: texts.forgetLabel(name) })
  return {
    icon: deviceIcon(userAgent),
    title: name,
    sub: dotted([html`${texts.since} ${time(request, createdAt)}`, used]),
    action: form(`${basePath}/account/forget-device`, forget, { id }),
  }
}
