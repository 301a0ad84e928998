/* The package alone in a user's project: its dependencies, the modules that its entries load, its types, and the server. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { Client } from '../support/client.ts'
import { checkTypes } from '../support/consumer.ts'
import { freePort } from '../support/free-port.ts'
import { PASSWORD } from '../support/rings.ts'
import { cleanEnvironment, entriesOf, installInto, killGroup, run, runForJson } from './projects.ts'

const bare = inject('bare')
const complete = inject('complete')
const older = inject('older')
const ROOT = resolve(import.meta.dirname, '../..')

describe('the package', () => {
  test('installs the packages of docs/decisions/0001, and the parts of three of them, and no others', () => {
    const decision = readFileSync(join(ROOT, 'docs/decisions/0001-runtime-dependencies.md'), 'utf8')
    const decided = [...decision.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)
    const lock = JSON.parse(readFileSync(join(bare, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>
    }
    const installed = Object.keys(lock.packages)
      .map((path) => path.replace('node_modules/', ''))
      .filter((name) => !/^@node-rs\/argon2-/.test(name)) // the binary for this machine
    expect(decided).toHaveLength(13)
    expect(installed.toSorted()).toEqual(
      ['latchkey', ...decided, '@noble/hashes', '@zxcvbn-ts/dictionary-compression', 'tldts-core'].toSorted(),
    )
  })

  test('names the package to install if an optional package is missing', async () => {
    expect(await runForJson(bare, [process.execPath, 'programs/miss-peers.ts'])).toEqual({
      postgres: 'PostgreSQL needs the package pg, which is not installed. Run: npm install pg',
      redis: 'Redis needs the package redis, which is not installed. Run: npm install redis',
      smtp: 'Email by SMTP needs the package nodemailer, which is not installed. Run: npm install nodemailer',
      atStart: [
        expect.stringMatching(
          /^Warning: Passkeys are off, because the package @simplewebauthn\/server is not installed\. Run/,
        ),
        expect.stringMatching(
          /provider, because the package openid-client is not installed\. Run: npm install openid-client/,
        ),
      ],
    })
  })
})

describe('beside older versions of its optional packages', () => {
  test('npm installs the package, and lets users log in', async () => {
    expect(await runForJson(older, [process.execPath, 'programs/log-in.ts'])).toContain('ada@example.com')
  })

  test('a version that does not work is told when it is loaded', async () => {
    const tooOld = join(inject('folder'), 'too-old')
    await installInto(tooOld, [
      'nodemailer@5',
      'redis@3',
      'pg@7',
      'openid-client@5',
      '@simplewebauthn/server@9',
      inject('tarball'),
    ])
    cpSync(join(import.meta.dirname, 'programs'), join(tooOld, 'programs'), { recursive: true })
    const needs = (name: string, since: string): unknown =>
      expect.stringMatching(
        RegExp(
          `needs the package ${name} in version ${since} or newer; \\d+\\.\\S+ is installed\\. Run: npm install ${name}$`,
        ),
      )
    expect(await runForJson(tooOld, [process.execPath, 'programs/miss-peers.ts'])).toEqual({
      postgres: needs('pg', '8.0.3'),
      redis: needs('redis', '4.0.0'),
      smtp: needs('nodemailer', '6.0.0'),
      atStart: [
        expect.stringMatching(/Passkeys are off, because the package @simplewebauthn\/server is too old: 9\./),
        expect.stringMatching(
          /provider, because the package openid-client is too old: 5\.\S+ is installed, and 6\.8\.0 or newer/,
        ),
      ],
    })
  })
})

/** Per entry: packages, and the rooms of src/ that only some entries need. */
const SERVER = ['@node-rs/argon2', 'bowser', 'hono', 'ipaddr.js', 'tldts', 'uuid', 'zod']
const LOADED: Readonly<Record<string, { readonly packages: string[]; readonly rooms: string[] }>> = {
  latchkey: { packages: SERVER, rooms: ['storage'] }, // only an interface of it, without kysely
  'latchkey/node': { packages: ['@hono/node-server', 'hono'], rooms: ['adapters'] },
  'latchkey/express': { packages: ['@hono/node-server', 'hono'], rooms: ['adapters'] },
  'latchkey/fastify': { packages: ['@hono/node-server', 'hono'], rooms: ['adapters'] },
  'latchkey/hono': { packages: [], rooms: ['adapters'] },
  'latchkey/koa': { packages: ['@hono/node-server', 'hono'], rooms: ['adapters'] },
  'latchkey/sqlite': { packages: ['kysely', 'uuid', 'zod'], rooms: ['storage'] },
  'latchkey/postgres': { packages: ['kysely', 'uuid', 'zod'], rooms: ['storage'] },
  'latchkey/redis': { packages: ['uuid', 'zod'], rooms: ['storage'] },
  'latchkey/smtp': { packages: ['ipaddr.js', 'zod'], rooms: [] },
  'latchkey/providers': { packages: ['zod'], rooms: [] },
  'latchkey/config': { packages: [], rooms: [] },
  'latchkey/client': { packages: [], rooms: ['client'] },
  'latchkey/react': { packages: ['react'], rooms: ['react'] },
  'latchkey/testing': { packages: [...SERVER, 'kysely'], rooms: ['storage', 'testing'] },
}
const NOT_FOR_ALL = ['adapters', 'cli', 'client', 'react', 'server', 'storage', 'testing']

describe('an entry', () => {
  test.each(entriesOf(complete))('%s loads only what it needs', async (entry) => {
    const urls = await listLoaded(entry)
    const rooms = new Set(urls.map((url) => /\/latchkey\/dist\/([\w-]+)\//.exec(url)?.[1] ?? ''))
    const packages = new Set(urls.map((url) => packageOf(url)))
    expect({
      packages: [...packages].filter((name) => name !== '' && name !== 'latchkey').toSorted(),
      rooms: NOT_FOR_ALL.filter((room) => rooms.has(room)),
    }).toEqual({ packages: LOADED[entry]?.packages.toSorted(), rooms: LOADED[entry]?.rooms })
  })

  test.each([
    ['latchkey/client', 'client'],
    ['latchkey/react', 'react'],
  ])('%s loads no code of the server and no module of Node.js', async (entry, room) => {
    const urls = await listLoaded(entry)
    const foreign = urls.filter((url) => !new RegExp(`/latchkey/dist/(?:${room}/[\\w-]+|${room})\\.js$`).test(url))
    expect(urls.length).toBeGreaterThan(1)
    expect(foreign.filter((url) => packageOf(url) !== 'react')).toEqual([])
  })

  test('type-checks in a project with only the types of Node.js, unless the entry is for a framework', () => {
    const types = [join(complete, 'node_modules/@types/node')]
    const forFrameworks = ['latchkey/fastify', 'latchkey/koa', 'latchkey/react']
    const others = entriesOf(bare).filter((entry) => !forFrameworks.includes(entry))
    expect(complaints(bare, others, { types })).toEqual([])
    for (const entry of forFrameworks) {
      expect(complaints(bare, [entry], { types })).toContainEqual(expect.stringMatching(/Cannot find module|TS7016/))
    }
  })

  test.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('type-checks together with all others, resolved as %s', (_, options) => {
    const all = complaints(complete, entriesOf(complete), options)
    // The types of Koa have an error together with newer versions of their imports.
    expect(all.filter((complaint) => !complaint.startsWith('node_modules/@types/koa/'))).toEqual([])
  })

  test('type-checks with the types of older frameworks', () => {
    const entries = ['latchkey', 'latchkey/express', 'latchkey/fastify', 'latchkey/koa', 'latchkey/react']
    expect(complaints(older, entries, { skipLibCheck: true })).toEqual([])
  })

  test('latchkey/client type-checks without the types of Node.js', () => {
    expect(complaints(bare, ['latchkey/client'], { types: [], lib: ['es2022', 'dom'] })).toEqual([])
  })

  async function listLoaded(entry: string): Promise<string[]> {
    const urls = await runForJson<string[]>(complete, [process.execPath, 'programs/list-loaded.ts', entry])
    return urls.filter((url) => !url.endsWith('/programs/list-loaded.ts'))
  }

  /**
   * Returns the package of a module; for a module of Node.js, its name. The binary for one machine counts as part of
   * the package that loads it.
   */
  function packageOf(url: string): string {
    const [, name = ''] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
    return name.replace(/^(@node-rs\/argon2)-.*/, '$1')
  }

  /** Type-checks a program that imports entries, with the declarations of all packages; returns the errors. */
  function complaints(project: string, entries: readonly string[], options: Record<string, unknown>): string[] {
    const lines = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
    const names = entries.map((_, index) => `entry${index}`)
    writeFileSync(join(project, 'entries.mts'), `${lines.join('\n')}\nexport { ${names.join(', ')} }\n`)
    try {
      checkTypes(project, ['entries.mts'], { skipLibCheck: false, ...options })
      return []
    } catch (error) {
      return String(error)
        .split('\n')
        .map((line) => line.replace(/^Error: /, ''))
        .filter((line) => line.includes('error TS'))
    }
  }
})

test('the programs of these tests type-check as a consumer', () => {
  const names = ['import-entries', 'import-quietly', 'list-loaded', 'log-in', 'miss-peers']
  checkTypes(
    complete,
    names.map((name) => `programs/${name}.ts`),
    { skipLibCheck: true },
  )
})

describe('npx latchkey', () => {
  test('serve lets users register and log in, and exits on SIGTERM with 0', async () => {
    const port = await freePort()
    const env = cleanEnvironment({ PORT: String(port) })
    const npx = spawn('npx', ['latchkey', 'serve'], {
      cwd: bare,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => killGroup(npx))
    const exited = once(npx, 'exit')
    const errors = text(npx.stderr)
    const pid = await new Promise<number>((resolve, reject) => {
      createInterface(npx.stdout).on('line', (line) => {
        if (line.includes('"msg":"listening"')) resolve(JSON.parse(line).pid)
      })
      npx.once('exit', async (code) => reject(new Error(`npx ended with ${code}: ${await errors}`)))
    })
    const client = new Client((path, init) => fetch(`http://127.0.0.1:${port}${path}`, init))
    const account = { email: 'ada@example.com', password: PASSWORD }
    expect((await client.post('/auth/register', account)).status).toBe(201)
    expect((await client.post('/auth/logout')).status).toBe(204)
    expect((await client.get('/auth/session')).body.code).toBe('unauthenticated')
    expect((await client.post('/auth/login', account)).status).toBe(200)
    expect((await client.get('/auth/session')).body.user.email).toBe('ada@example.com')
    process.kill(pid, 'SIGTERM') // the server itself, because npx does not forward signals
    expect(await exited).toEqual([0, null])
  })

  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(bare, 'node_modules/latchkey/package.json'), 'utf8'))
    expect(await run(bare, ['npx', 'latchkey', '--version'])).toMatchObject({ code: 0, out: `${version}\n` })
  })
})
