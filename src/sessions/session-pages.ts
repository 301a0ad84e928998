import type { Clock } from '../kernel/clock.ts'
import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import type { PageParts } from '../kernel/page-view.ts'
import type { Session } from '../kernel/principal.ts'
import { button, buttonLink } from '../pages/components/button.ts'
import { confirm } from '../pages/components/confirm.ts'
import { empty } from '../pages/components/empty.ts'
import { form } from '../pages/components/form.ts'
import { dotted, type Row, rows } from '../pages/components/row.ts'
import { time } from '../pages/components/time.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { deviceIcon, deviceName } from './device-name.ts'
import { listAllSessions, listSessions } from './list-sessions.ts'
import type { SessionStore } from './store.ts'
import { SESSION_TEXTS } from './texts.ts'

/** Dependencies of the pages about devices. */
export interface SessionPageDeps {
  readonly sessions: SessionStore
  readonly clock: Clock
}

/** Returns the account pages about devices: the list, and the question before all others are logged out. */
export function sessionAccountPages({ sessions, clock }: SessionPageDeps): readonly AccountPage[] {
  const deps = { sessions, clock }
  return [
    {
      path: '/devices',
      navigation: { place: 30, icon: 'laptop', label: (locale) => locale.texts(SESSION_TEXTS).title },
      render: async (request) => devicesPage(request, (await listSessions(deps, request.principal.user.id)).items),
    },
    {
      path: '/devices/log-out-others',
      render: async (request) =>
        questionPage(request, (await listAllSessions(deps, request.principal.user.id)).length - 1),
    },
  ]
}

function devicesPage(request: AccountPageRequest, sessions: readonly Session[]): PageParts {
  const { basePath, locale, principal } = request
  const texts = locale.texts(SESSION_TEXTS)
  const current = sessions.filter(({ id }) => id === principal.session.id)
  const others = sessions.filter(({ id }) => id !== principal.session.id)
  const logOutOthers = buttonLink('danger', `${basePath}/account/devices/log-out-others`, texts.logOutOthers, {
    small: true,
  })
  return {
    title: texts.title,
    lead: texts.lead,
    action: others.length === 0 ? undefined : logOutOthers,
    body: rows([...current, ...others].map((session) => deviceRow(request, session))),
  }
}

function deviceRow(request: AccountPageRequest, { id, client, lastSeenAt }: Session): Row {
  const { basePath, locale, principal } = request
  const texts = locale.texts(SESSION_TEXTS)
  const isCurrent = id === principal.session.id
  const label = deviceName(locale, client.userAgent)
  const logOut = button('plain', texts.logOut, { small: true, label: texts.logOutLabel(label) })
  return {
    icon: deviceIcon(client.userAgent),
    title: label,
    tag: isCurrent ? { kind: 'ok', text: texts.thisDevice } : undefined,
    sub: dotted([
      client.ip ?? locale.texts(PAGE_TEXTS).unknownAddress,
      isCurrent ? texts.active : time(request, lastSeenAt),
    ]),
    action: isCurrent ? undefined : form(`${basePath}/account/end-session`, logOut, { id }),
  }
}

function questionPage({ basePath, locale }: AccountPageRequest, count: number): PageParts {
  const texts = locale.texts(SESSION_TEXTS)
  const { back, cancel } = locale.texts(PAGE_TEXTS)
  const list = `${basePath}/account/devices`
  if (count < 1) {
    return {
      title: texts.question,
      body: empty('laptop', texts.questionNone, buttonLink('plain', list, back, { small: true })),
    }
  }
  return confirm({
    title: texts.question,
    body: texts.questionBody(count),
    action: `${basePath}/account/end-other-sessions`,
    fields: {},
    yes: texts.logOutOthers,
    back: list,
    no: cancel,
  })
}
