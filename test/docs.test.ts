/* README and docs are correct: their examples run, their links work, their tables are complete. */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Results } from '../bench/results.ts'
import { capacityTable } from '../scripts/capacity.ts'
import { findBannedWords } from '../scripts/check-english.ts'
import { eventsTable } from '../scripts/write-events.ts'
import { problemsPage } from '../scripts/write-problems.ts'
import { withTables } from '../scripts/write-settings.ts'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'
import { CHROMIUM, CHROMIUM_ARGUMENTS } from './support/chromium.ts'
import { readCommands } from './support/commands.ts'
import { checkTypes, findTypeErrors, makeConsumer } from './support/consumer.ts'
import { freePort } from './support/free-port.ts'
import { MAIN, startServerProcess } from './support/server-process.ts'

const root = resolve(import.meta.dirname, '..')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...globSync('{docs,examples}/**/*.md', { cwd: root, exclude: ['**/node_modules'] }),
]
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
/** Text without the indentation of its lines. */
const dedent = (text: string): string => text.trim().replace(/^[ \t]+/gm, '')
/** Ten lines that use the client. */
const CLIENT_PROGRAM = `import { createClient } from 'latchkey/client'
const auth = createClient({ baseUrl: 'http://localhost:3000' })
auth.onChange((state) => console.log(state.status === 'logged_in' ? state.user.email : state.status))
const login = await auth.logIn({ email: 'ada@example.com', password: 'correct horse battery' })
if (!login.ok) throw new Error(login.code === 'too_many_requests' ? \`Wait \${login.retryAfterSeconds} s\` : login.detail)
if (login.data.status === 'complete') console.log(login.data.user.name)
const sessions = await auth.sessions.list()
if (sessions.ok) for (const { device } of sessions.data.sessions) console.log(device.label)
// @ts-expect-error: this call has no such code, which proves that the union is exact
const logout = await auth.logOut(); if (!logout.ok && logout.code === 'invalid_credentials') console.log('?')
`

/** The parts of `package-lock.json` that the tests read. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>
}

interface Block {
  readonly page: string
  readonly info: string
  readonly code: string
}
const blocks: Block[] = pages.flatMap((page) =>
  [...read(page).matchAll(/^```(\S.*)\n([\s\S]*?)^```$/gm)].map(([, info = '', code = '']) => ({ page, info, code })),
)

describe('the documentation', () => {
  test.each(pages)('the links of %s have existing targets', (page) => {
    for (const [, link, image] of read(page).matchAll(/\]\(([^)#]+)[^)]*\)|<img src="([^"]+)"/g)) {
      const target = link ?? image ?? ''
      if (!/^https?:/.test(target))
        expect([target, existsSync(join(root, dirname(page), target))]).toEqual([target, true])
    }
    for (const [, target = '', anchor] of read(page).matchAll(/\]\(((?!https?:)[^)#]*)#([^)]+)\)/g)) {
      const path = target === '' ? page : join(dirname(page), target)
      expect([path, ...anchorsOf(path)]).toContain(anchor)
    }
  })

  /** The anchors that GitHub gives to the headings of a page. */
  function anchorsOf(page: string): string[] {
    const prose = read(page).replace(/^```[\s\S]*?^```$/gm, '')
    return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
  }

  test('the capacity in docs/scaling.md follows from the benchmark', () => {
    const results = JSON.parse(read('docs/benchmarks/results.json')) as Results
    expect(read('docs/scaling.md')).toContain(capacityTable(results)) // npm run write
  })

  test('the pages quote the programs that the tests run, paragraph by paragraph', () => {
    const shown = blocks.flatMap(({ info, code }) => {
      const [, path] = /^\w+ ((?:test|examples)\/\S+)$/.exec(info) ?? []
      return path === undefined ? [] : code.split('\n\n').map((paragraph) => ({ path, paragraph: dedent(paragraph) }))
    })
    expect(shown.length).toBeGreaterThan(0)
    for (const { path, paragraph } of shown) {
      expect([path, paragraph, dedent(read(path)).includes(paragraph)]).toEqual([path, paragraph, true])
    }
  })

  test('docs/clients.md describes every client of test/interop', () => {
    for (const name of readdirSync(join(root, 'test/interop/clients'))) {
      expect(read('docs/clients.md')).toContain(` test/interop/clients/${name}\n`)
    }
  })

  test('the files named in the pages exist', () => {
    for (const page of pages) {
      for (const [path] of read(page).matchAll(
        /(?<![\w/])(?:src|test|docs|scripts|examples)\/[\w./-]+\.(?:ts|md)\b/g,
      )) {
        expect([page, path, existsSync(join(root, path))]).toEqual([page, path, true])
      }
    }
  })

  test('docs/problems.md matches the catalogue of refusals', () => {
    expect(read('docs/problems.md')).toBe(problemsPage())
  })

  test('the tables of docs/configuration.md match the settings', () => {
    expect(read('docs/configuration.md')).toBe(withTables(read('docs/configuration.md')))
  })

  test('the table of docs/events.md matches the catalogue of events (ASVS 16.1.1)', () => {
    expect(read('docs/events.md')).toContain(`\n\n${eventsTable()}\n\n`) // npm run write
  })

  test('every command and option is documented, and every documented one exists', () => {
    const commands = readCommands()
    const page = read('docs/cli.md')
    const documented = [...page.matchAll(/^\| `latchkey ([^`]+)`/gm)].map(([, usage]) => usage)
    expect(documented.toSorted()).toEqual(commands.map(({ usage }) => usage).toSorted())
    const names = commands.map(({ name }) => name)
    const options = [...page.matchAll(/^\| `(-[^`]+)` \| ([^|]+) \|/gm)].flatMap(([, flags, where = '']) => {
      const named = [...where.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
      const takers = where.startsWith('all but') ? names.filter((name) => !named.includes(name)) : named
      return takers.map((name) => `${name} ${flags}`)
    })
    const existing = commands.flatMap(({ name, options }) => options.map((flags) => `${name} ${flags}`))
    expect(options.toSorted()).toEqual(existing.toSorted())
  })

  test('banned words are found in pages and comments, but not in code', () => {
    expect(
      findBannedWords('page.md', 'Whoever\n`whoever` [here](whatever.md)\n\n```ts\nwhatever()\n```\n'),
    ).toMatchObject([{ line: 1, words: 'Whoever' }])
    const program =
      "const whatever = 'nobody' // somebody\n/** This is no id. */\nconst url = 'http://nobody' + `//nobody`\n"
    expect(findBannedWords('program.ts', program)).toMatchObject([
      { line: 1, words: 'somebody' },
      { line: 2, words: 'is no' },
    ])
  })

  test.each([
    ['README.md', [201, 200, 200, 204], 1],
    ['docs/sessions.md', [201, 200, 200, 200, 401], 4],
  ])('the curl commands in %s give the answers that the page shows', async (page, statuses, shown) => {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-curl-'))
    const port = await freePort()
    const server = await startServerProcess(
      { PORT: String(port), LATCHKEY_BASE_URL: `http://localhost:${port}` },
      directory,
    )
    const answers = codeOf(page, 'sh run')
      .trim()
      .split('\n')
      .map((line) => {
        const command = line.replace('curl ', 'curl -s -w "\\n%{http_code}" ').replaceAll(':3000', `:${port}`)
        const lines = execFileSync('sh', ['-c', command], { cwd: directory, encoding: 'utf8' }).split('\n')
        return { status: Number(lines.pop()), text: lines.join('\n') }
      })
    expect(answers.map(({ status }) => status)).toEqual(statuses)
    const answer = (answers[shown]?.text ?? '').replaceAll(`:${port}`, ':3000')
    expect(withoutChance(answer)).toMatchObject(withoutChance(codeOf(page, 'json')))
    await server.end('SIGTERM')
  })
})

describe('the commands of the pages', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-commands-'))
  const bin = join(directory, 'bin')
  beforeAll(() => {
    mkdirSync(bin)
    writeFileSync(join(bin, 'latchkey'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, { mode: 0o755 })
  })
  const environment = (): NodeJS.ProcessEnv => ({ ...CHILD_ENVIRONMENT, PATH: `${bin}:${process.env.PATH}` })

  test('of docs/upgrading.md run', () => {
    const code = codeOf('docs/upgrading.md', 'sh upgrade')
    const out = execFileSync('sh', ['-e', '-c', code], { cwd: directory, env: environment(), encoding: 'utf8' })
    expect(out).toMatch(/CREATE TABLE users[\s\S]*Ran migration 1: core[\s\S]*The schema is up to date\.\n$/)
  })

  test('of docs/production.md start a server that is ready', async () => {
    const [port, metricsPort] = [await freePort(), await freePort()]
    const code = codeOf('docs/production.md', 'sh production')
      .replace('9464', String(metricsPort))
      .replace('latchkey serve', 'exec latchkey serve')
    const env = { ...environment(), PORT: String(port) }
    const own = mkdtempSync(join(directory, 'production-'))
    const child = spawn('sh', ['-e', '-c', code], { cwd: own, env, stdio: ['ignore', 'ignore', 'inherit'] })
    const exited = once(child, 'exit')
    onTestFinished(() => void child.kill('SIGKILL'))
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 30_000 })
    expect((await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).status).toBe(200)
    expect(readdirSync(own)).toContain('latchkey.db')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  test('the Docker image has every package that the server can load, and runs as a user who owns its data (ASVS 15.2.4)', () => {
    const needed = globSync('src/{server,cli,storage,mail,crypto,providers,factors,oauth}/**/*.ts', { cwd: root })
      .filter((path) => !path.endsWith('.test.ts'))
      .flatMap((path) => [...read(path).matchAll(/createOptionalImport\(\s*\(\) => import\('([^']+)'\)/g)])
      .map(([, name]) => name)
    expect(needed).toEqual(expect.arrayContaining(['pg', 'redis', 'nodemailer', '@node-rs/bcrypt', 'prom-client']))
    const dockerfile = read('Dockerfile')
    const { dependencies } = JSON.parse(read('deploy/image/package.json')) as { dependencies: Record<string, string> }
    const ours = (JSON.parse(read('package.json')) as { dependencies: object }).dependencies
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...needed, ...Object.keys(ours)]))
    const lock = JSON.parse(read('deploy/image/package-lock.json')) as Lock
    for (const [name, version] of Object.entries(dependencies)) {
      const tested = (JSON.parse(read('package-lock.json')) as Lock).packages[`node_modules/${name}`]?.version
      expect([name, version, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, tested, tested])
    }
    for (const { integrity } of Object.values(lock.packages).slice(1)) expect(integrity).toMatch(/^sha512-/)
    for (const [install] of dockerfile.matchAll(/^RUN npm (?:ci|install).*$/gm))
      expect(install).toContain('npm ci --ignore-scripts')
    const lines = dockerfile.split('\n')
    const place = (start: string): number => lines.findLastIndex((line) => line.startsWith(start))
    expect(lines[place('WORKDIR')]).toBe('WORKDIR /data')
    expect(dockerfile).toContain('chown node:node /data')
    expect(place('USER 1000:1000')).toBeLessThan(place('CMD'))
    const [, main = ''] = /"node", "\/app\/node_modules\/latchkey\/([^"]+)"/.exec(lines[place('CMD')] ?? '') ?? []
    expect(main).toBe((JSON.parse(read('package.json')) as { bin: { latchkey: string } }).bin.latchkey)
  })
})

/** The code of the first block of a page with this info string. */
function codeOf(page: string, info: string): string {
  const block = blocks.find((each) => each.page === page && each.info === info)
  if (block === undefined) throw new Error(`${page} has no block \`${info}\``)
  return block.code
}

/** Returns JSON in which ids, times and versions, which differ in each run, are replaced by their shape. */
function withoutChance(json: string): object {
  const text = json
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, 'id')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replace(/curl\/[\d.]+/g, 'curl/version')
  return JSON.parse(text)
}

describe('a consumer of the package', () => {
  const programs = blocks.filter(({ info }) => /^ts\b/.test(info))
  let consumer: string
  /** The errors of the compiler in all programs. It checks them in one run, because they share most declarations. */
  let errors: string[]

  beforeAll(() => {
    consumer = makeConsumer()
    for (const { info, code } of blocks) {
      const [, file] = /^ts (\w+\.ts)$/.exec(info) ?? []
      if (file !== undefined) writeFileSync(join(consumer, file), code)
    }
    for (const [index, { code }] of programs.entries()) writeFileSync(join(consumer, `program${index}.ts`), code)
    const files = programs.map((_, index) => `program${index}.ts`)
    errors = findTypeErrors(consumer, files, { skipLibCheck: true })
  })

  /** Type-checks one program like a consumer; returns the number of type instantiations. */
  function check(name: string, code: string, { extension = 'ts', ...more }: Record<string, unknown> = {}): number {
    const file = `${name}.${extension}`
    writeFileSync(join(consumer, file), code)
    return Number(/Instantiations:\s+(\d+)/.exec(checkTypes(consumer, [file], more))?.[1])
  }

  test.each(programs.map(({ page }, index) => [page, index] as const))(
    'the program in %s (%i) type-checks',
    (_, index) => {
      expect(errors.filter((error) => error.startsWith(`program${index}.ts(`))).toEqual([])
    },
  )

  test('the compiler reports errors of programs only', () => {
    expect(errors.filter((error) => !/^program\d+\.ts\(/.test(error))).toEqual([])
  })

  test.each(
    blocks.filter(({ info }) => /^tsx\b/.test(info)).map(({ page, code }, index) => [page, index, code] as const),
  )('the component in %s (%i) type-checks', (_, index, code) => {
    check(`component${index}`, code, {
      extension: 'tsx',
      jsx: 'react-jsx',
      lib: ['es2024', 'dom', 'dom.iterable'],
      types: [],
    })
  })

  test('the ten lines cost under 3,000 instantiations over an empty program', () => {
    const empty = check('empty', "import { createServer } from 'node:http'\ncreateServer(() => {}).listen(3000)\n")
    const own = check('ten', codeOf('docs/library.md', 'ts run')) - empty
    console.log(`the ten lines: ${own} instantiations over an empty program`)
    expect(own).toBeGreaterThan(0)
    expect(own).toBeLessThan(3_000)
  })

  test('the client costs under 16 instantiations a call and the kB that its page says, and contains no server code', async () => {
    const own = check('client', CLIENT_PROGRAM) - check('fetch', "console.log((await fetch('/')).status)\nexport {}\n")
    const bundle = await rolldown({ input: join(consumer, 'node_modules/latchkey/dist/client.js') })
    const { output } = await bundle.generate({ minify: true })
    const [{ code, moduleIds, imports }] = output
    const bytes = gzipSync(code).byteLength
    console.log(`the client: ${own} instantiations over an empty program, ${bytes} bytes minified and gzipped`)
    expect(own).toBeGreaterThan(0)
    const source = globSync('src/client/*.ts', { cwd: root }).map(read).join('\n')
    const calls = new Set(source.match(/'(?:GET|POST|PATCH|DELETE) \/[^']*'/g))
    expect(own).toBeLessThan(16 * calls.size)
    const [, kilobytes] = /under (\d) kB minified and/.exec(read('docs/client.md')) ?? []
    expect(bytes).toBeLessThan(Number(kilobytes) * 1_000)
    expect(read('README.md')).toContain(`under ${kilobytes} kB, with React hooks`)
    expect(output).toHaveLength(1)
    expect(imports).toEqual([])
    const foreign = moduleIds.map((id) => id.split('/dist/')[1] ?? id).filter((id) => !/^client(?:\/|\.js$)/.test(id))
    expect(foreign).toEqual([])
  })

  test.each([
    [
      'express',
      "import express from 'express'\nexpress().use(express.json()).get('/me', (req, res) => void res.json({}))\n",
    ],
    ['fastify', "import fastify from 'fastify'\nfastify().get('/me', async (request) => ({ id: request.id }))\n"],
    [
      'hono',
      "import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\nserve(new Hono().get('/me', (c) => c.json({})))\n",
    ],
  ])('latchkey/%s costs under 3,000 instantiations over a program without it', (name, bare) => {
    const code =
      programs.find(({ page, code }) => page === 'docs/frameworks.md' && code.includes(`latchkey/${name}`))?.code ?? ''
    const own = check(`with-${name}`, code) - check(`bare-${name}`, bare)
    console.log(`latchkey/${name}: ${own} instantiations over a program without it`)
    expect(own).toBeGreaterThan(0)
    expect(own).toBeLessThan(3_000)
  })

  test('the options of TypeScript in docs/frameworks.md let a program import ./auth.ts', () => {
    const { compilerOptions } = JSON.parse(codeOf('docs/frameworks.md', 'json tsconfig'))
    const code = "import { auth } from './auth.ts'\nexport const path: string = auth.basePath\n"
    check('imports-auth', code, compilerOptions)
    const { allowImportingTsExtensions: _, ...others } = compilerOptions
    expect(() => check('imports-auth', code, { ...others, allowImportingTsExtensions: false })).toThrow('TS5097')
    const built = { ...others, allowImportingTsExtensions: false, rewriteRelativeImportExtensions: true }
    check('imports-auth', code, built)
  })

  test('a program with another declaration of req.auth type-checks, and principalOf has our type', () => {
    const other =
      'export {}\ndeclare global { namespace Express { interface Request { auth?: { payload: object } } } }\n'
    writeFileSync(join(consumer, 'other.d.ts'), other)
    for (const first of ['other', 'latchkey']) {
      const imports = ["import './other.js'", "import { latchkey, principalOf, requireAuth } from 'latchkey/express'"]
      check(
        `beside-${first}`,
        `${(first === 'other' ? imports : imports.reverse()).join('\n')}
         import express from 'express'
         import { auth } from './auth.ts'
         const app = express().use(latchkey(auth))
         app.get('/', requireAuth(auth, { session: true }), (req, res) => {
           const email: string = principalOf(req).user.email
           const seen: number = principalOf(req, { session: true }).session.lastSeenAt
           res.json({ email, seen })
         })`,
        { skipLibCheck: true },
      )
    }
  })

  test('no public type silently became any', () => {
    check(
      'any',
      `import { createLatchkey, type Latchkey, type LatchkeyOptions, type Principal, type SecurityEvent } from 'latchkey'
       import { toNodeHandler } from 'latchkey/node'
       import { sqlite } from 'latchkey/sqlite'
       import { defineConfig } from 'latchkey/config'
       import { createClient, type LatchkeyClient } from 'latchkey/client'
       import { useSession } from 'latchkey/react'
       import * as express from 'latchkey/express'
       import * as fastify from 'latchkey/fastify'
       import * as hono from 'latchkey/hono'
       import { createTestKit, type TestKit, type TestLogin } from 'latchkey/testing'
       type IsAny<T> = 0 extends 1 & T ? true : false
       type Members<T> = { [K in keyof T]-?: IsAny<T[K]> extends true ? K : never }[keyof T]
       const none: [IsAny<Latchkey>, IsAny<Principal>, IsAny<SecurityEvent>, IsAny<LatchkeyOptions>, IsAny<ReturnType<typeof sqlite>>, IsAny<ReturnType<typeof toNodeHandler>>, IsAny<Parameters<typeof defineConfig>[0]>, IsAny<ReturnType<typeof createLatchkey>>] = [false, false, false, false, false, false, false, false]
       type Given<C extends keyof LatchkeyClient> = LatchkeyClient[C] extends (...input: never) => Promise<infer R> ? R : never
       const given: IsAny<ReturnType<typeof useSession> | ReturnType<typeof createClient> | Given<'logIn'> | Extract<Given<'session'>, { ok: true }>['data']> = false
       const members: Members<LatchkeyClient> | Members<Latchkey> | Members<Principal> | Members<LatchkeyOptions> extends never ? true : false = true
       type Results<T> = { [K in keyof T]: T[K] extends (...input: never) => infer R ? (IsAny<R> extends true ? K : never) : IsAny<T[K]> extends true ? K : never }[keyof T]
       const adapters: Results<typeof express> | Results<typeof fastify> | Results<typeof hono> | Members<TestKit> | Members<TestLogin> | Results<{ createTestKit: typeof createTestKit }> extends never ? true : false = true
       void [none, members, given, adapters]`,
    )
  })

  test.each([
    ['README.md', 'ts server.ts', '<a href="/auth/login">Log in</a>'],
    ['docs/library.md', 'ts run', 'Please log in'],
  ])('the program of %s runs unmodified, and serves the login page', async (page, info, greeting) => {
    const port = await freePort()
    writeFileSync(join(consumer, 'run.ts'), codeOf(page, info).replaceAll('3000', String(port)))
    rmSync(join(consumer, 'app.db'), { force: true })
    const child = spawn(process.execPath, ['run.ts'], { cwd: consumer, env: CHILD_ENVIRONMENT, stdio: 'inherit' })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const url = `http://127.0.0.1:${port}`
    await vi.waitFor(async () => expect(await (await fetch(url)).text()).toBe(greeting), { timeout: 20_000 })
    expect(await (await fetch(`${url}/auth/login`, { headers: { accept: 'text/html' } })).text()).toContain('<form')
    const registered = await fetch(`${url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
    })
    const [cookie = ''] = (registered.headers.getSetCookie()[0] ?? '').split(';')
    expect(await (await fetch(url, { headers: { cookie } })).text()).toBe('Hello ada@example.com')
  })

  test('the program of docs/providers/google.md logs in with Google; in memory, the program is otherwise as it is', async () => {
    const port = await freePort()
    const kit = `import { createTestKit } from 'latchkey/testing'
      export async function createLatchkey(options: Parameters<typeof createTestKit>[0]) {
        const kit = await createTestKit(options)
        const account = { subject: '1', email: 'ada@gmail.com', emailVerified: true, name: 'Ada' }
        console.log((await kit.logInWith('google', account)).cookie)
        return kit.auth
      }`
    const program = codeOf('docs/providers/google.md', 'ts google-express')
    writeFileSync(join(consumer, 'google-kit.ts'), kit)
    writeFileSync(
      join(consumer, 'google.ts'),
      program.replaceAll('3000', String(port)).replace("'latchkey'", "'./google-kit.ts'"),
    )
    const child = spawn(process.execPath, ['google.ts'], {
      cwd: consumer,
      env: CHILD_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const { value: cookie = '' } = await lines.next()
    await lines.next() // it listens
    const get = async (path: string, headers: Record<string, string> = {}): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text()
    expect(await get('/')).toContain('href="/auth/login/with/google?next=/"')
    expect(await get('/auth/login', { accept: 'text/html' })).toContain('Continue with Google')
    expect(await get('/', { cookie })).toContain('You are logged in')
    expect(JSON.parse(await get('/me', { cookie }))).toMatchObject({ email: 'ada@gmail.com', emailVerified: true })
  })

  test('a CommonJS program can require the package, as the README says', () => {
    const [code = ''] = /const \{ createLatchkey \} = require\('latchkey'\)/.exec(read('README.md')) ?? []
    const { status, stdout, stderr } = run([
      '--input-type=commonjs',
      '-e',
      `${code}; console.log(typeof createLatchkey)`,
    ])
    expect([status, stdout, stderr]).toEqual([0, 'function\n', ''])
  })

  test('the program of docs/client.md prints what the page says', async () => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-client-'))
    const server = await startServerProcess({ PORT: String(port), LATCHKEY_BASE_URL: url }, directory)
    const own = blocks.filter(({ page }) => page === 'docs/client.md')
    const code = own.find(({ info }) => info === 'ts run')?.code.replaceAll('http://localhost:3000', url) ?? ''
    writeFileSync(join(consumer, 'client-run.ts'), code)
    const printed = execFileSync(process.execPath, ['client-run.ts'], { cwd: consumer, encoding: 'utf8' })
    expect(printed).toBe(own.find(({ info }) => info === 'text')?.code)
    await server.end('SIGTERM')
  })

  test('the test in docs/testing.md for Vitest passes', () => {
    const code = blocks.find(({ info }) => info === 'ts vitest')?.code ?? ''
    writeFileSync(join(consumer, 'notes.test.ts'), code)
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const { status, stdout, stderr } = run([vitest, 'run', '--root', consumer, 'notes.test.ts'])
    expect([status, stdout + stderr]).toEqual([0, expect.stringMatching(/Tests .*3 passed/)])
  })

  test('the test in docs/testing.md for Playwright passes', () => {
    const code = blocks.find(({ info }) => info === 'ts playwright')?.code ?? ''
    writeFileSync(join(consumer, 'notes.spec.ts'), code)
    const use = { launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS } }
    writeFileSync(join(consumer, 'playwright.config.mjs'), `export default ${JSON.stringify({ use })}`)
    const playwright = join(root, 'node_modules/@playwright/test/cli.js')
    const { status, stdout, stderr } = run([playwright, 'test', '--reporter', 'line', 'notes.spec.ts'])
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('1 passed')])
  })

  /** Runs a user's test runner alone: without colours, with nothing of ours in its environment. */
  function run(args: readonly string[]): SpawnSyncReturns<string> {
    const env = { ...CHILD_ENVIRONMENT, HOME: process.env.HOME, NO_COLOR: '1' }
    return spawnSync(process.execPath, args, { cwd: consumer, env, encoding: 'utf8' })
  }

  test('docs/library.md has every member of the public object, and no other', () => {
    const members = [...read('docs/library.md').matchAll(/^\| `auth\.(\w+)(?:\.(\w+))?/gm)].map(
      ([, name = '', inner]) => ({ name, inner }),
    )
    const record = (names: Iterable<string>): string =>
      `{ ${[...new Set(names)].map((name) => `${name}: 0`).join(', ')} }`
    const nested = members.filter(({ inner }) => inner !== undefined)
    const objects = [...new Set(nested.map(({ name }) => name))]
    check(
      'members',
      [
        "import type { Latchkey } from 'latchkey'",
        'type Value = string | readonly string[] | ((...input: never) => unknown)',
        'type Objects = { [K in keyof Latchkey]: Latchkey[K] extends Value ? never : K }[keyof Latchkey]',
        `export const members: Record<keyof Latchkey, 0> = ${record(members.map(({ name }) => name))}`,
        `export const objects: Record<Objects, 0> = ${record(objects)}`,
        ...objects.map((object) => {
          const inner = nested.flatMap(({ name, inner = '' }) => (name === object ? [inner] : []))
          return `export const ${object}Members: Record<keyof Latchkey['${object}'], 0> = ${record(inner)}`
        }),
      ].join('\n'),
    )
  })

  test('the program of docs/users-table.md prints what the page says', () => {
    const directory = mkdtempSync(join(consumer, 'users-table-'))
    const own = blocks.filter(({ page }) => page === 'docs/users-table.md')
    writeFileSync(join(directory, 'run.ts'), own.find(({ info }) => info === 'ts users-table')?.code ?? '')
    const env = { ...CHILD_ENVIRONMENT, NODE_NO_WARNINGS: '1' }
    const printed = execFileSync(process.execPath, ['run.ts'], { cwd: directory, encoding: 'utf8', env })
    expect(printed).toBe(own.find(({ info }) => info === 'text users-table')?.code)
  })

  test('the own page of docs/pages.md replaces ours, and its form logs in', async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const directory = mkdtempSync(join(consumer, 'own-page-'))
    writeFileSync(join(directory, 'run.ts'), codeOf('docs/pages.md', 'ts own-page').replaceAll('3000', String(port)))
    const child = spawn(process.execPath, ['run.ts'], { cwd: directory, env: CHILD_ENVIRONMENT, stdio: 'inherit' })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const page = await vi.waitFor(() => fetch(`${origin}/auth/login`), { timeout: 20_000 })
    expect(await page.text()).toContain('Welcome back')
    const person = { email: 'ada@example.com', password: 'correct horse battery' }
    const send = (path: string, password: string): Promise<Response> =>
      fetch(`${origin}/auth/${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin },
        body: new URLSearchParams({ ...person, password, next: '/' }),
      })
    await send('register', person.password)
    expect((await send('login', 'a wrong password')).headers.get('location')).toMatch(/^\/auth\/login\?next=%2F#/)
    const done = await send('login', person.password)
    expect(done.headers.get('location')).toBe('/')
    const [cookie = ''] = (done.headers.getSetCookie().find((each) => each.startsWith('latchkey=')) ?? '').split(';')
    expect(await (await fetch(origin, { headers: { cookie } })).text()).toBe('Hello ada@example.com')
  })

  test('the WebSockets of docs/integrations.md open for a session of the own origin only, and close when it is revoked', async () => {
    const port = await freePort()
    const code = codeOf('docs/integrations.md', 'ts websockets').replaceAll('3000', String(port))
    const directory = mkdtempSync(join(consumer, 'websockets-'))
    writeFileSync(join(directory, 'run.ts'), code)
    const child = spawn(process.execPath, ['run.ts'], { cwd: directory, env: CHILD_ENVIRONMENT, stdio: 'inherit' })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    const origin = `http://localhost:${port}`
    const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' })
    const post = (path: string, headers: Record<string, string>): Promise<Response> =>
      fetch(`${origin}/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
    const registered = await vi.waitFor(() => post('register', {}), { timeout: 20_000 })
    const [cookie = ''] = (registered.headers.getSetCookie()[0] ?? '').split(';')
    const open = async (headers: Record<string, string>): Promise<{ status: number; closed: Promise<unknown> }> => {
      const upgrade = request(`${origin}/live`, {
        headers: { connection: 'Upgrade', upgrade: 'websocket', ...headers },
      })
      upgrade.end()
      const opened = once(upgrade, 'upgrade')
      const refused = once(upgrade, 'response')
      const [reply, socket] = (await Promise.race([opened, refused])) as [IncomingMessage, Socket | undefined]
      return { status: reply.statusCode ?? 0, closed: socket === undefined ? Promise.resolve() : once(socket, 'close') }
    }
    expect((await open({ cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await open({ origin })).status).toBe(401)
    const { status, closed } = await open({ cookie, origin })
    expect(status).toBe(101)
    await fetch(`${origin}/auth/logout`, { method: 'POST', headers: { cookie } })
    await closed
  })

  test('importing the library opens no file and no socket of its own (ASVS 14.2.3, 16.2.3)', () => {
    const code =
      "import 'latchkey'; import 'latchkey/node'; import 'latchkey/sqlite'; console.log(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Close/.test(name)).join())"
    expect(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: consumer, encoding: 'utf8' }).trim(),
    ).toBe('')
  })
})
