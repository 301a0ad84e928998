/* Latchkey as its users get it: built, packed, and installed with what it requires, in a temporary folder. */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { makeFolder } from './cleanup.ts'
import { readPeerVersions } from './peers.ts'

/** The package, installed. */
export interface InstalledPackage {
  /** The folder that has `node_modules`. */
  readonly folder: string
  /** The packed file. */
  readonly tarball: string
  /** The command. */
  readonly main: string
  /** The folder of the entries, as a file URL that ends with a slash. */
  readonly dist: string
}

/** What a storage loads on demand. */
const OPTIONAL = ['pg', 'redis'].map((name) => `${name}@${readPeerVersions()[name]}`)
const PROJECT = fileURLToPath(new URL('../../', import.meta.url))
const PACKED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
let installed: InstalledPackage | null | undefined

/** Builds, packs and installs it once a run, beside the checkout and not in it; null when npm cannot. */
export function installPackage(): InstalledPackage | null {
  if (installed === undefined) installed = tryToInstall()
  return installed
}

function tryToInstall(): InstalledPackage | null {
  try {
    const tarball = pack()
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

/** Installs packages as in production, with what runs here and nothing optional that does not. */
export function installInto(folder: string, packages: readonly string[], flags: readonly string[] = []): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
  execFileSync('npm', ['install', '--omit=dev', '--omit=peer', ...flags, ...quiet, ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function pack(): string {
  const folder = makeFolder('pack')
  for (const name of PACKED) cpSync(join(PROJECT, name), join(folder, name))
  const compiler = join(PROJECT, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', join(PROJECT, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')])
  // What `prepack` would build is built already.
  execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error'], { cwd: folder, stdio: 'ignore' })
  const [tarball] = globSync('*.tgz', { cwd: folder })
  if (tarball === undefined) throw new Error('npm pack made no file')
  return join(folder, tarball)
}
