/**
 * Returns a function that loads an optional package. Node loads the package once, however often the function is called.
 * @param purpose start of the error message: `Verifying bcrypt hashes`.
 * @throws Error from the returned function if the package is not installed; its message says what to install.
 */
export function createOptionalImport<Module>(
  load: () => Promise<Module>,
  packageName: string,
  purpose: string,
): () => Promise<Module> {
  return async () => {
    const module = await importIfPresent(load)
    if (module !== null) return module
    throw new Error(
      `${purpose} needs the package ${packageName}, which is not installed. Run: npm install ${packageName}`,
    )
  }
}

/** Loads a package. Returns null if it is not installed. */
export async function importIfPresent<Module>(load: () => Promise<Module>): Promise<Module | null> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}
