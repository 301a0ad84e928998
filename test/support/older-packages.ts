/*
 * Runs tests with an older version of an optional package: a plugin for Vitest that gives `src` (and the applications of
 * `test/adapters`) another package than they name.
 */
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDERS = [join(ROOT, 'src/'), join(ROOT, 'test/adapters/')]

/** The part of a Vite plugin that this file uses. */
interface ResolvingPlugin {
  readonly name: string
  readonly enforce: 'pre'
  resolveId(this: Resolving, source: string, importer: string | undefined): Promise<unknown>
}

interface Resolving {
  resolve(source: string, importer: string | undefined, options: { readonly skipSelf: true }): Promise<unknown>
}

/** @param packages the package to use, by the name that the code imports: `{ express: 'express4' }`. */
export function useOlderPackages(packages: Readonly<Record<string, string>>): ResolvingPlugin {
  return {
    name: `older-packages ${Object.values(packages).join(' ')}`, // Vitest shares the modules of plugins with one name
    enforce: 'pre',
    async resolveId(source, importer) {
      const older = packages[source]
      if (older === undefined || !FOLDERS.some((folder) => importer?.startsWith(folder))) return null
      return this.resolve(older, importer, { skipSelf: true })
    },
  }
}
