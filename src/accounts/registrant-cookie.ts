/*
 * A person who registers without a password, and must verify the address first, has nothing to type on the page of the link. The
 * browser that proved the account keeps who it is in a sealed cookie, until the link is used there. The cookie alone opens
 * nothing: the link is in the email.
 */
import type { Sealer } from '../crypto/sealed-text.ts'
import { type Clock, DAY_MS, SECOND_MS } from '../kernel/clock.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import type { RouteRequest } from '../kernel/route.ts'

/** Suffix of the cookie. */
const REGISTRANT = 'registrant'
/** The life of a link that verifies an address. */
const LIFE_MS = 2 * DAY_MS

/** Separates the key of the cookie from others. */
export const REGISTRANT_PURPOSE = 'registrant'

/** Dependencies of the cookie. */
export interface RegistrantDeps {
  readonly cookies: CookieFactory
  readonly clock: Clock
  /** Seals for `REGISTRANT_PURPOSE`. */
  readonly registrantSealer: Sealer
}

interface Registrant {
  readonly userId: string
  /** Milliseconds since 1970 UTC. */
  readonly provenAt: number
}

/**
 * Returns the cookie of a browser that proved a user whose address is not verified.
 * @param userId null: the address was taken. The cookie looks the same.
 */
export function registrantCookie({ cookies, clock, registrantSealer }: RegistrantDeps, userId: UserId | null): Cookie {
  const registrant: Registrant = { userId: userId ?? newUserId(clock), provenAt: clock() }
  const sealed = registrantSealer.seal(JSON.stringify(registrant))
  return cookies.make(sealed, { suffix: REGISTRANT, maxAgeSeconds: LIFE_MS / SECOND_MS })
}

/** Returns true if the browser proved the user in the last two days. */
export function isRegistrant(
  { clock, registrantSealer }: Pick<RegistrantDeps, 'clock' | 'registrantSealer'>,
  { cookies }: Pick<RouteRequest, 'cookies'>,
  userId: string | null,
): boolean {
  return cookies(REGISTRANT).some((value) => {
    const text = registrantSealer.open(value)
    if (text === null) return false
    const registrant = JSON.parse(text) as Registrant // we sealed it
    return registrant.userId === userId && clock() - registrant.provenAt < LIFE_MS
  })
}

/** Returns the cookies that end the registration in the browser. */
export function clearRegistrantCookie(
  { cookies }: Pick<RegistrantDeps, 'cookies'>,
  request: Pick<RouteRequest, 'cookies'>,
): readonly Cookie[] {
  return request.cookies(REGISTRANT).length === 0 ? [] : cookies.clear(REGISTRANT)
}
