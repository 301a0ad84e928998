/*
 * Writes `deploy/image/`: the exact versions of all packages in the Docker image, and their lock file. They are the versions that
 * the tests run with. `test/docs.test.ts` compares them.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'deploy/image')
const OPTIONAL_IMPORT = /createOptionalImport\(\s*\(\) => import\('([^']+)'\)/g

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest

/** The packages that the server imports on demand. */
const optional = globSync('src/**/*.ts', { cwd: root })
  .filter((path) => !path.endsWith('.test.ts'))
  .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(OPTIONAL_IMPORT)])
  .map(([, name = '']) => name)

const names = [...new Set([...Object.keys(readManifest('package.json').dependencies), ...optional])].sort()
const dependencies = names.map((name) => [name, readManifest(`node_modules/${name}/package.json`).version])
const manifest = { private: true, type: 'module', dependencies: Object.fromEntries(dependencies) }
const text = `${JSON.stringify(manifest, null, 2)}\n`
writeFileSync(join(folder, 'package.json'), text)
execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: folder,
  stdio: 'inherit',
})
