/* Latchkey as users install it: built, packed, and installed with its required dependencies, in a temporary folder. */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleCli } from '../../scripts/bundle-cli.ts'
import { makeFolder } from './cleanup.ts'
import { readPeerVersions } from './peers.ts'

/** The installed package. */
export interface InstalledPackage {
  /** The folder that contains `node_modules`. */
  readonly folder: string
  /** The packed file. */
  readonly tarball: string
  /** Path of the command. */
  readonly main: string
  /** The folder of the entries, as a file URL that ends with a slash. */
  readonly dist: string
}

/** Packages that storages load on demand. */
const OPTIONAL = ['pg', 'redis'].map((name) => `${name}@${readPeerVersions()[name]}`)
const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const PACKED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
let installed: InstalledPackage | null | undefined

/** Builds, packs and installs the package once per run, outside the checkout; returns null if npm fails. */
export async function installPackage(): Promise<InstalledPackage | null> {
  if (installed === undefined) installed = await tryToInstall()
  return installed
}

async function tryToInstall(): Promise<InstalledPackage | null> {
  try {
    const tarball = await pack()
    const folder = makeFolder('install')
    installInto(folder, [tarball, ...OPTIONAL])
    const dist = join(folder, 'node_modules/latchkey/dist/')
    return { folder, tarball, main: join(dist, 'cli/main.js'), dist: pathToFileURL(dist).href }
  } catch (error) {
    console.error(
      `Latchkey could not be packed and installed: ${error instanceof Error ? error.message : String(error)}`,
    )
    return null
  }
}

/** Installs packages as in production, without optional packages for other platforms. */
export function installInto(folder: string, packages: readonly string[], flags: readonly string[] = []): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  execFileSync('npm', ['install', '--omit=dev', '--omit=peer', ...flags, ...quiet, ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function pack(): Promise<string> {
  const folder = makeFolder('pack')
  for (const name of PACKED) cpSync(join(PROJECT, name), join(folder, name))
  const compiler = join(PROJECT, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', join(PROJECT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')])
  await bundleCli(join(folder, 'dist/cli'))
  // Skips `prepack`, because the build exists already.
  execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'ignore' })
  const [tarball] = globSync('*.tgz', { cwd: folder })
  if (tarball === undefined) throw new Error('npm pack made no file')
  return join(folder, tarball)
}
