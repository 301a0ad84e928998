import { type Browser, chromium } from 'playwright-core'

/** Path of Chromium. */
export const CHROMIUM: string = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Keeps Chromium from sending requests of its own. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGUMENTS] })
}
