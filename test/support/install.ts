/* Sees to what the tests need and npm does not bring: Chromium, for the pages. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CHROMIUM } from './chromium.ts'

export default function install(): void {
  if (existsSync(CHROMIUM)) return
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!isDebianRoot) {
    throw new Error(
      `The tests of the pages need Chromium at ${CHROMIUM} (or where CHROMIUM says): apt-get install chromium`,
    )
  }
  console.log('Installing Chromium ...')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' })
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], { env, stdio: 'inherit' })
}
