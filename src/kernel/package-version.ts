import { readFileSync } from 'node:fs'
import nodeModule from 'node:module'

/** A package and the oldest version of it that works: `4.0.0`. */
interface WantedPackage {
  readonly name: string
  readonly since: string
  /** Start of the error message: `Email by SMTP`. */
  readonly purpose: string
}

/**
 * Refuses an installed package that is too old. A package that is not installed passes, and so does one whose version
 * cannot be read, as in a bundle.
 * @throws Error that names the package, the version found and the versions that work.
 */
export function requireVersion({ name, since, purpose }: WantedPackage): void {
  if (findOlderVersion({ name, since }) !== null) throw tooOld({ name, since, purpose })
}

/** Returns the version of an installed package if it is too old, otherwise null. */
export function findOlderVersion({ name, since }: Pick<WantedPackage, 'name' | 'since'>): string | null {
  const found = findVersion(name)
  return found !== null && isOlder(found, since) ? found : null
}

/** Returns the error for a package that is too old. */
export function tooOld({ name, since, purpose }: WantedPackage): Error {
  const found = findVersion(name) ?? 'an older one'
  return new Error(
    `${purpose} needs the package ${name} in version ${since} or newer; ${found} is installed. Run: npm install ${name}`,
  )
}

/** Returns the version of an installed package; null if it is unknown. */
function findVersion(name: string): string | null {
  try {
    const path = nodeModule.findPackageJSON?.(name, import.meta.url) // some runtimes lack it
    if (path === undefined) return null
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown }
    return typeof version === 'string' ? version : null
  } catch {
    return null
  }
}

/** Compares the numbers of two versions. Text after them, such as `-beta.1`, does not count. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(than)]
  const differs = left.findIndex((number, index) => number !== right[index])
  return differs !== -1 && (left[differs] ?? 0) < (right[differs] ?? 0)
}

function numbersOf(version: string): number[] {
  const [, major, minor, patch] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? []
  return [Number(major ?? 0), Number(minor ?? 0), Number(patch ?? 0)]
}
