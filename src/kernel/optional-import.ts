import { createRequire } from 'node:module'
import { findOlderVersion, requireVersion } from './package-version.ts'

/** A package that only some users need. */
export interface OptionalPackage {
  /** Name in the registry: `redis`. */
  readonly name: string
  /** The oldest version that works: `4.0.0`. */
  readonly since: string
  /** Start of error messages: `Verifying bcrypt hashes`. */
  readonly purpose: string
}

/**
 * Returns a function that loads an optional package, and checks its version at the first call. Node loads the package once, however often the function is called.
 * @throws Error from the returned function if the package is not installed or too old; its message says what to install.
 */
export function createOptionalImport<Module>(
  load: () => Promise<Module>,
  wanted: OptionalPackage,
): () => Promise<Module> {
  let isChecked = false
  return async () => {
    if (!isChecked) requireVersion(wanted)
    isChecked = true
    const module = await ifInstalled(load)
    if (module !== null) return module
    const { name, purpose } = wanted
    throw new Error(`${purpose} needs the package ${name}, which is not installed. Run: npm install ${name}`)
  }
}

/**
 * Returns why a package cannot be used, for a sentence after "because": it is not installed, or too old. Returns null if it can.
 * It does not load it.
 */
export function findPackageProblem({ name, since }: OptionalPackage): string | null {
  if (!isInstalled(name)) return `the package ${name} is not installed`
  const found = findOlderVersion({ name, since })
  return found === null
    ? null
    : `the package ${name} is too old: ${found} is installed, and ${since} or newer is needed`
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}

/**
 * Loads a package. Returns null if it is not installed.
 * @throws Error if it is too old.
 */
export async function importIfPresent<Module>(
  load: () => Promise<Module>,
  wanted: OptionalPackage,
): Promise<Module | null> {
  requireVersion(wanted)
  return ifInstalled(load)
}

async function ifInstalled<Module>(load: () => Promise<Module>): Promise<Module | null> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}
