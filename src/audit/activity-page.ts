import { html } from 'hono/html'
import type { AccountPage, AccountPageRequest } from '../kernel/feature.ts'
import { parseEventId } from '../kernel/ids.ts'
import type { Html, PageParts } from '../kernel/page-view.ts'
import { buttonLink } from '../pages/components/button.ts'
import { empty } from '../pages/components/empty.ts'
import { pager } from '../pages/components/pager.ts'
import { dotted, type Row, rows } from '../pages/components/row.ts'
import { clockTime } from '../pages/components/time.ts'
import type { IconName } from '../pages/icons.ts'
import { PAGE_TEXTS } from '../pages/texts.ts'
import { deviceName } from '../sessions/device-name.ts'
import { ACTIVITY_TEXTS } from './texts.ts'
import { listUserEvents, type UserEventDeps } from './user-events.ts'
import type { UserEventJson } from './wire.ts'

/** So few that the page stays under 15 kB. */
const EVENTS_ON_PAGE = 8

/** Icon of an event, by the first word of its type. */
const ICONS: Readonly<Record<string, IconName>> = {
  user: 'user',
  email: 'mail',
  login: 'laptop',
  reauthentication: 'shield',
  password: 'lock',
  session: 'logout',
  sessions: 'logout',
  access_token: 'key',
}

/** Returns the account page that lists what happened in the account, by day, newest first. */
export function activityPage(deps: UserEventDeps): AccountPage {
  return {
    path: '/activity',
    navigation: { place: 50, icon: 'activity', label: (locale) => locale.texts(ACTIVITY_TEXTS).title },
    async render(request) {
      const before = parseEventId(request.query.before ?? '')
      const events = await listUserEvents(deps, request.principal.user.id, { before, limit: EVENTS_ON_PAGE + 1 })
      const hasMore = events.length > EVENTS_ON_PAGE
      return renderPage(request, deps, { shown: events.slice(0, EVENTS_ON_PAGE), before, hasMore })
    },
  }
}

interface Shown {
  readonly shown: readonly UserEventJson[]
  readonly before: string | null
  readonly hasMore: boolean
}

function renderPage(request: AccountPageRequest, deps: UserEventDeps, { shown, before, hasMore }: Shown): PageParts {
  const { basePath, locale } = request
  const texts = locale.texts(ACTIVITY_TEXTS)
  const here = `${basePath}/account/activity`
  const byDay = Map.groupBy(shown, ({ at }) => at.slice(0, 10))
  const days = [...byDay].map(
    ([day, events]) =>
      html`<section class="group"><h2>${locale.day(Date.parse(day))}</h2>${rows(events.map((event) => eventRow(request, deps, event)))}</section>`,
  )
  const last = shown.at(-1)
  return {
    title: texts.title,
    lead: texts.lead,
    body: html`${shown.length === 0 ? empty('activity', texts.empty) : html`<div class="days">${days}</div>`}
${pager(request, before === null ? null : here, hasMore && last !== undefined ? `${here}?before=${last.id}` : null)}
${strangerCard(request)}`,
  }
}

function eventRow({ locale }: AccountPageRequest, { userEvents }: UserEventDeps, event: UserEventJson): Row {
  const { type, at, device, byYou } = event
  const [subject = ''] = type.split('.')
  const isFailure = type.endsWith('.refused')
  return {
    icon: isFailure ? 'warn' : (ICONS[subject] ?? 'activity'),
    title: userEvents[type]?.[locale.language] ?? type,
    sub: dotted([
      clockTime({ locale }, Date.parse(at)),
      ...(device === null
        ? []
        : [deviceName(locale, device.userAgent), device.ip ?? locale.texts(PAGE_TEXTS).unknownAddress]),
      byYou === false ? locale.texts(ACTIVITY_TEXTS).byService : null,
    ]),
  }
}

/** Changing the password logs out every other device, so it is the one step against a stranger. */
function strangerCard({ basePath, locale }: AccountPageRequest): Html {
  const texts = locale.texts(ACTIVITY_TEXTS)
  const secure = buttonLink('danger', `${basePath}/account/security/password?because=stranger`, texts.strangerButton, {
    small: true,
  })
  return html`<section class="card"><div class="card-head"><div><h2>${texts.strangerTitle}</h2><p class="sub">${texts.strangerLead}</p></div>${secure}</div></section>`
}
