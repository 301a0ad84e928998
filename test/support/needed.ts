/*
 * Programs that tests need and npm does not install. On Debian as root they are installed; otherwise an error names
 * them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CHROMIUM } from './chromium.ts'

/** A program that the machine must have. */
export interface Needed {
  /** Its package; several with blanks between them. */
  readonly debianPackage: string
  isThere(): boolean
  /** Instruction for machines where the package cannot be installed. */
  readonly otherwise: string
}

/** Chromium, for tests that need a browser. */
export const NEEDED_CHROMIUM: Needed = {
  debianPackage: 'chromium',
  isThere: () => existsSync(CHROMIUM),
  otherwise: `install Chromium at ${CHROMIUM}, or set CHROMIUM to its path`,
}

/** Returns a command that must be on the path. */
export function neededCommand(command: string, { debianPackage = command, versionFlag = '--version' } = {}): Needed {
  return {
    debianPackage,
    isThere: () => succeeds(command, [versionFlag]),
    otherwise: `put ${command} on the path`,
  }
}

/** Returns true if the command exists and succeeds. */
export function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Installs the missing programs.
 * @throws Error that lists the missing programs if they cannot be installed here.
 */
export function installWhatIsMissing(needed: readonly Needed[]): void {
  const missing = needed.filter((one) => !one.isThere())
  if (missing.length === 0) return
  const packages = [...new Set(missing.flatMap(({ debianPackage }) => debianPackage.split(' ')))]
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!isDebianRoot) {
    const advice = missing.map(({ debianPackage, otherwise }) => `apt-get install ${debianPackage}, or ${otherwise}`)
    throw new Error(`The tests need programs that are missing:\n  ${advice.join('\n  ')}`)
  }
  console.log(`Installing ${packages.join(', ')} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' })
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', ...packages], { env, stdio: 'inherit' })
}
