import type { Cookie, RouteRequest } from '../kernel/route.ts'
import type { CookieJar } from '../sessions/session-cookie.ts'
import type { DeviceUser } from './device.ts'
import type { Attempt, Operation, Throttle } from './throttle.ts'

/** Suffix of the cookie by which we know a browser again. */
const DEVICE = 'device'
/** As long as browsers keep any cookie (RFC 6265bis section 5.5): 400 days. */
const DEVICE_SECONDS = 400 * 24 * 60 * 60

/** What is to be known of a request before something is tried. */
export function readAttempt(
  { devices }: Throttle,
  operation: Operation,
  { client, cookie, note, tellQuota }: Pick<RouteRequest, 'client' | 'cookie' | 'note' | 'tellQuota'>,
): Attempt {
  return { operation, client, device: devices.read(cookie(DEVICE)), note, tellQuota }
}

/** The cookie by which we know this browser again, after a login of the user. It outlives logouts. */
export function deviceCookie(
  { jar, throttle }: { readonly jar: CookieJar; readonly throttle: Throttle },
  { device }: Pick<Attempt, 'device'>,
  user: DeviceUser,
): Cookie {
  return jar.make(throttle.devices.remember(device, user), { suffix: DEVICE, maxAgeSeconds: DEVICE_SECONDS })
}
