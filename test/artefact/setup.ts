/* Packs Latchkey once, as it is published, and installs it twice: alone, and with all its optional peers. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { installInto, npmInstall } from './projects.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder for everything, deleted at the end. It contains the packed file under its own name. */
    readonly folder: string
    readonly tarball: string
    /** A project that installed Latchkey and nothing else, for production. */
    readonly bare: string
    /** A project that installed Latchkey, its optional packages, and their types. */
    readonly complete: string
    /** A project with older versions of its optional packages and their types. */
    readonly older: string
  }
}

const ROOT = resolve(import.meta.dirname, '../..')
/** Files of the package. */
const PACKED = [
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
  'scripts/bundle-cli.ts',
  'scripts/supported-node.mjs',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
]
/** The oldest versions that docs/integrations.md names, as applications have them. */
const OLDER = ['express@4', 'fastify@4', 'koa@2', 'nodemailer@6', 'pg@8.0.3', 'prom-client@13', 'react@18', 'redis@4']
const OLDER_TYPES = ['@types/node@^24', '@types/express@4', '@types/koa@2', '@types/pg', '@types/react@18']
/** Types that the peers do not include. */
const TYPES = ['@types/node@^24', '@types/express', '@types/koa', '@types/pg', '@types/react', '@types/nodemailer']

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-artefact-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 10 })
  try {
    const tarball = await pack(folder)
    const bare = join(folder, 'bare')
    const complete = join(folder, 'complete')
    const older = join(folder, 'older')
    await Promise.all([
      installInto(bare, [tarball], ['--omit=dev']),
      installInto(complete, [tarball, ...peers(), ...TYPES]),
      installInto(older, [...OLDER, ...OLDER_TYPES]).then(() => npmInstall(older, [tarball])),
    ])
    for (const project of [bare, complete, older]) {
      cpSync(join(import.meta.dirname, 'programs'), join(project, 'programs'), { recursive: true })
    }
    provide('folder', folder)
    provide('tarball', tarball)
    provide('bare', bare)
    provide('complete', complete)
    provide('older', older)
  } catch (error) {
    await remove()
    throw error
  }
  return remove
}

/** Runs `npm pack`, which builds, on a copy: `npm run check` may build at the same time. Returns the path of the file. */
async function pack(folder: string): Promise<string> {
  const source = join(folder, 'source')
  for (const name of PACKED) cpSync(join(ROOT, name), join(source, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'))
  const args = ['pack', '--pack-destination', folder, '--loglevel=error', '--foreground-scripts=false']
  const { stdout } = await promisify(execFile)('npm', args, { cwd: source })
  return join(folder, stdout.trim().split('\n').at(-1) ?? '')
}

function peers(): string[] {
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    peerDependencies: Record<string, string>
  }
  return Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`)
}
