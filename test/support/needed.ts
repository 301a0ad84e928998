/* Programs that tests need and npm does not bring: installed on Debian as root, asked for elsewhere. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CHROMIUM } from './chromium.ts'

/** Something that has to be on the machine. */
export interface Needed {
  readonly debianPackage: string
  isThere(): boolean
  /** What to do where the package cannot be installed. */
  readonly otherwise: string
}

/** Chromium, for what only a browser shows. */
export const NEEDED_CHROMIUM: Needed = {
  debianPackage: 'chromium',
  isThere: () => existsSync(CHROMIUM),
  otherwise: `have Chromium at ${CHROMIUM}, or say where in CHROMIUM`,
}

/** A command that is on the path. */
export function neededCommand(command: string, { debianPackage = command, versionFlag = '--version' } = {}): Needed {
  return {
    debianPackage,
    isThere: () => succeeds(command, [versionFlag]),
    otherwise: `have ${command} on the path`,
  }
}

/** True when the command is there and ends well. */
export function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Installs what is missing.
 * @throws Error that says what to install, where that is up to somebody else.
 */
export function installWhatIsMissing(needed: readonly Needed[]): void {
  const missing = needed.filter((one) => !one.isThere())
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))]
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!isDebianRoot) {
    const advice = missing.map(({ debianPackage, otherwise }) => `apt-get install ${debianPackage}, or ${otherwise}`)
    throw new Error(`The tests need more than there is:\n  ${advice.join('\n  ')}`)
  }
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' })
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env, stdio: 'inherit' })
}
