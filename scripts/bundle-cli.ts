/*
 * Bundles the command line with its packages: Node.js opens a handful of files at a start instead of 600. The licences
 * of the bundled packages and a list of them (CycloneDX) are written beside the bundle. The library is not bundled.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RolldownOutput, rolldown } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')

interface Package {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly folder: string
}

/** Bundles `src/cli/main.ts`. Deletes what is in the folder first. */
export async function bundleCli(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const bundle = await rolldown({
    cwd: ROOT,
    input: 'src/cli/main.ts',
    platform: 'node',
    // Optional packages are the user's, and argon2 is a binary.
    external: ['@node-rs/argon2', ...Object.keys(peerDependencies)],
    // Off: it removes calls that are made only because they throw, such as `decodeURIComponent(text)`.
    treeshake: false,
  })
  const output = await bundle.write({
    dir: folder,
    sourcemap: true,
    sourcemapExcludeSources: true,
    chunkFileNames: '[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
  })
  await bundle.close()
  for (const part of output.output) {
    if (part.type === 'chunk') writeFileSync(join(folder, part.fileName), toAscii(part.code))
  }
  const packages = bundledPackages(output)
  writeFileSync(join(folder, 'LICENSES.txt'), packages.map(licenceText).join('\n'))
  writeFileSync(join(folder, 'sbom.json'), `${JSON.stringify(componentList(packages), null, 2)}\n`)
}

/** Escapes what is not ASCII: Node.js reads such a file faster, and keeps it in half the memory. */
function toAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function bundledPackages({ output }: RolldownOutput): Package[] {
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
  const folders = modules.flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [])
  return [...new Set(folders)].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { name, version, license, folder }
  })
}

function licenceText({ name, version, license, folder }: Package): string {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version}: ${license}\n\n${text}\n`
}

function componentList(packages: readonly Package[]): object {
  const components = packages.map(({ name, version, license }) => ({
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [{ license: { id: license } }],
  }))
  return { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }
}

if (import.meta.main) await bundleCli(join(ROOT, 'dist/cli'))
