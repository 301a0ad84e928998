import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { RouteRequest } from '../kernel/route.ts'
import type { DeviceUser } from './device.ts'
import type { Caller, Operation, Throttle } from './throttle.ts'

/** Suffix of the cookie by which we know a browser again. */
const DEVICE = 'device'
/** As long as browsers keep any cookie (RFC 6265bis section 5.5): 400 days. */
const DEVICE_SECONDS = 400 * 24 * 60 * 60

/** What is to be known of a request before something is tried. */
export function readCaller(
  { devices }: Throttle,
  operation: Operation,
  { client, cookie, stamp, reportQuota }: Pick<RouteRequest, 'client' | 'cookie' | 'stamp' | 'reportQuota'>,
): Caller {
  return { operation, client, device: devices.read(cookie(DEVICE)), stamp, reportQuota }
}

/** The cookie by which we know this browser again, after a login of the user. It outlives logouts. */
export function deviceCookie(
  { cookies, throttle }: { readonly cookies: CookieFactory; readonly throttle: Throttle },
  { device }: Pick<Caller, 'device'>,
  user: DeviceUser,
): Cookie {
  return cookies.make(throttle.devices.remember(device, user), { suffix: DEVICE, maxAgeSeconds: DEVICE_SECONDS })
}
