/*
 * Every runtime in docs/library.md: all entries can be imported, users can log in, and importing has no other effect.
 * The runtimes are npm packages in exact versions, so that they never change unnoticed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { entriesOf, installInto, type Outcome, run, runForJson } from './projects.ts'

interface Runtime {
  readonly name: string
  /** The package that contains the runtime; without one, the runtime that runs these tests. */
  readonly package?: string
  /** Its program in that package, and the arguments that run a file. */
  readonly command: readonly string[]
  readonly version: RegExp
}

const { engines } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'))
const OLDEST: string = engines.node.replace('>=', '')
const NODE_26 = { name: 'Node.js 26', package: 'node@26.10.0', command: ['node'], version: /^v26\./ }
const RUNTIMES: readonly Runtime[] = [
  { name: `Node.js ${OLDEST}`, package: `node@${OLDEST}.0`, command: ['node'], version: RegExp(`^v${OLDEST}\\.`) },
  { name: 'Node.js 24', command: [process.execPath], version: /^v24\./ },
  NODE_26,
  { name: 'Bun', package: 'bun@1.4.5', command: ['bun'], version: /^1\.4\.5/ },
  { name: 'Deno', package: 'deno@2.9.6', command: ['deno', 'run', '--allow-all'], version: /^deno 2\.9\.6/ },
]

const bare = inject('bare')
const complete = inject('complete')
const folderOf = ({ name }: Runtime): string => join(inject('folder'), name.replaceAll(' ', '-'))

/** The whole command, for a file and its arguments. */
function commandOf(runtime: Runtime, args: readonly string[]): string[] {
  const [program = '', ...flags] = runtime.command
  const path = runtime.package === undefined ? program : join(folderOf(runtime), 'node_modules/.bin', program)
  return [path, ...flags, ...args]
}

beforeAll(async () => {
  await Promise.all(
    RUNTIMES.map(async (runtime) => {
      if (runtime.package !== undefined) await installInto(folderOf(runtime), [runtime.package])
    }),
  )
})

describe.each(RUNTIMES)('$name', (runtime) => {
  test('has the expected version', async () => {
    const [program = ''] = commandOf(runtime, [])
    expect((await run(bare, [program, '--version'])).out).toMatch(runtime.version)
  })

  test('imports every entry without any optional package, but latchkey/react', async () => {
    const outcomes = await importAll(bare)
    const failed = Object.entries(outcomes).filter(([, outcome]) => typeof outcome === 'string')
    expect(failed).toEqual([['latchkey/react', expect.stringMatching(/(?:Cannot|Could not) find package 'react'/)]])
  })

  test('imports every entry with the optional packages installed', async () => {
    const outcomes = await importAll(complete)
    const exported = Object.entries(outcomes).filter(([, outcome]) => Array.isArray(outcome) && outcome.length > 0)
    expect(exported.map(([entry]) => entry)).toEqual(entriesOf(complete))
    expect(outcomes.latchkey).toContain('createLatchkey')
  })

  test.each([
    ['in memory', ':memory:'],
    ['in a file', `${runtime.name}.db`],
  ])('lets users log in, with accounts %s', async (_, file) => {
    const saw = await runForJson(bare, commandOf(runtime, ['programs/log-in.ts', file]))
    expect(saw).toEqual([201, 401, 200, 'Hello ada@example.com', 403, 'ada@example.com', 204, 401])
  })

  async function importAll(project: string): Promise<Record<string, string[] | string>> {
    const command = commandOf(runtime, ['programs/import-entries.ts', ...entriesOf(project)])
    const outcomes = await runForJson<Record<string, string[] | string>>(project, command)
    expect(Object.keys(outcomes)).toEqual(entriesOf(project))
    return outcomes
  }
})

/*
 * The permissions of Node.js 26: a program may read files only where packages are. It must not write files, open or
 * accept connections, or start processes or workers. Addons may be loaded, because argon2 is one. Permissions do not
 * cover databases of node:sqlite, so the test also checks that no file exists afterwards.
 */
describe('importing', () => {
  const empty = join(inject('folder'), 'empty')
  const nothing = { code: 0, out: '[]\n', files: [] }

  test.each(entriesOf(complete))('%s opens no file and no connection, and leaves nothing running', async (entry) => {
    expect(await importQuietly(entry)).toMatchObject(nothing)
  })

  const offences: Record<string, string> = {
    'writes a file': "import { writeFileSync } from 'node:fs'; writeFileSync('offence.txt', '')",
    'opens a database':
      "import { DatabaseSync } from 'node:sqlite'; new DatabaseSync('app.db').exec('CREATE TABLE t (c)')",
    'reads a setting': "import { statSync } from 'node:fs'; statSync('latchkey.config.ts', { throwIfNoEntry: false })",
    'takes connections': "import { createServer } from 'node:http'; createServer().listen(0, '127.0.0.1')",
    'makes a connection': "import { connect } from 'node:net'; connect(49151, '127.0.0.1')",
    'starts a process': "import { spawn } from 'node:child_process'; spawn('true')",
    'starts a worker': "import { Worker } from 'node:worker_threads'; new Worker('0', { eval: true })",
    'starts a timer': 'setTimeout(() => {}, 100)',
  }
  test.each(Object.entries(offences))('a module that %s is detected', async (name, code) => {
    const file = `node_modules/${name.replaceAll(' ', '-')}.mjs`
    writeFileSync(join(complete, file), code)
    const { err, ...outcome } = await importQuietly(`../${file}`)
    expect(outcome).not.toEqual(nothing)
    if (outcome.code !== 0) expect(err).toContain('ERR_ACCESS_DENIED') // not for another reason
  })

  async function importQuietly(specifier: string): Promise<Outcome & { readonly files: string[] }> {
    rmSync(empty, { recursive: true, force: true })
    mkdirSync(empty)
    const readable = ['node_modules/', 'programs/'].map((path) => `--allow-fs-read=${join(complete, path)}`)
    const flags = ['--permission', ...readable, '--allow-addons']
    const program = join(complete, 'programs/import-quietly.ts')
    const outcome = await run(empty, commandOf(NODE_26, [...flags, program, specifier]))
    return { ...outcome, files: readdirSync(empty) }
  }
})
