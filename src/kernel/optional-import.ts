/** Loads a package that only some users install; asked again, it gives the same. The error says what to install. */
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

/** Loads a package if it is installed; null when it is not. */
export async function importIfPresent<Module>(load: () => Promise<Module>): Promise<Module | null> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}
