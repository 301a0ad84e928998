import type { Locale } from '../kernel/locale.ts'
import { deviceParts } from './device-label.ts'
import { SESSION_TEXTS } from './texts.ts'

/** Icon of a device: a phone, a program without a screen, or a computer. */
export type DeviceIcon = 'phone' | 'terminal' | 'laptop'

const PHONES = new Set(['iOS', 'Android', 'Windows Phone', 'HarmonyOS'])

/** Returns the name of a device in a language: `Chrome auf Linux`. */
export function deviceName(locale: Locale, userAgent: string | null): string {
  const texts = locale.texts(SESSION_TEXTS)
  const [browser, system] = deviceParts(userAgent)
  if (browser === undefined) return texts.unknownDevice
  return system === undefined ? browser : texts.onSystem(browser, system)
}

/** Returns the icon of a device. */
export function deviceIcon(userAgent: string | null): DeviceIcon {
  const parts = deviceParts(userAgent)
  if (parts.some((part) => PHONES.has(part) || part.startsWith('Android'))) return 'phone'
  return parts.length === 1 ? 'terminal' : 'laptop'
}
