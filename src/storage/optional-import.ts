/** Loads a package that only some users install; asked again, it gives the same. The error says what to install. */
export function createOptionalImport<Module>(
  load: () => Promise<Module>,
  packageName: string,
  purpose: string,
): () => Promise<Module> {
  return async () => {
    try {
      return await load()
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
      if (!isMissing) throw error
      throw new Error(
        `${purpose} needs the package ${packageName}, which is not installed. Run: npm install ${packageName}`,
      )
    }
  }
}
