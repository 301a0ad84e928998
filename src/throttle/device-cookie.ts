import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import { onlyOne } from '../kernel/only-one.ts'
import type { RouteRequest } from '../kernel/route.ts'
import type { DeviceUser } from './device.ts'
import type { Caller, Operation, Throttle } from './throttle.ts'

/** Suffix of the cookie that identifies a browser. */
const DEVICE = 'device'
/** 400 days, the longest time that browsers keep a cookie (RFC 6265bis section 5.5). */
const DEVICE_SECONDS = 400 * 24 * 60 * 60

/** Returns the caller of a request, which every attempt needs. */
export function readCaller(
  { devices }: Throttle,
  operation: Operation,
  { client, cookies, stamp, reportQuota }: Pick<RouteRequest, 'client' | 'cookies' | 'stamp' | 'reportQuota'>,
): Caller {
  return { operation, client, device: onlyOne(cookies(DEVICE).map(devices.read)), stamp, reportQuota }
}

/** Returns the cookie that identifies this browser after a login of the user, in place of all others. It stays after a logout. */
export function deviceCookies(
  { cookies, throttle }: { readonly cookies: CookieFactory; readonly throttle: Throttle },
  { device }: Pick<Caller, 'device'>,
  user: DeviceUser,
): readonly Cookie[] {
  const options = { suffix: DEVICE, maxAgeSeconds: DEVICE_SECONDS }
  return cookies.replace(cookies.make(throttle.devices.remember(device, user), options))
}
