/*
 * Every example that is a program is installed as its first lines say, type-checks, starts, and lets users log in. The
 * forward-auth example is for proxies: test/forward-auth.test.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { Client } from '../support/client.ts'
import { checkTypes } from '../support/consumer.ts'
import { freePort } from '../support/free-port.ts'
import { PASSWORD } from '../support/rings.ts'
import { cleanEnvironment, killGroup, npmInstall, run } from './projects.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')
const names = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'package.json')))
/** A checkout that contains only the examples, and the packed file where `npm pack` writes it. */
const checkout = join(inject('folder'), 'checkout')

beforeAll(() => {
  mkdirSync(checkout)
  cpSync(inject('tarball'), join(checkout, basename(inject('tarball'))))
  const isSource = (path: string): boolean => !/\/(?:node_modules|\.next|dist|package-lock\.json|app\.db.*)$/.test(path)
  cpSync(EXAMPLES, join(checkout, 'examples'), { recursive: true, filter: isSource })
})

describe('an example', () => {
  test('there is an example for every framework in docs/frameworks.md', () => {
    expect(names).toEqual(['express', 'fastify', 'hono', 'koa', 'nestjs', 'nextjs', 'node-http'])
  })

  test.concurrent.each(names.filter((name) => name !== 'nextjs'))(
    '%s: only users who are logged in see the notes',
    async (name) => {
      const folder = join(checkout, 'examples', name)
      await npmInstall(folder)
      // The build, if there is one, checks the types.
      if (existsSync(join(folder, 'server.ts'))) checkTypes(folder, ['server.ts'], { skipLibCheck: true })
      await useNotes(folder, 'start')
    },
  )

  test.concurrent('nextjs: notes are for those who log in, in development and in production', async () => {
    const folder = join(checkout, 'examples/nextjs')
    await npmInstall(folder)
    await useNotes(folder, 'dev')
    // The development server was killed, maybe while it wrote types, which the build would check.
    rmSync(join(folder, '.next/dev'), { recursive: true, force: true })
    const built = await run(folder, ['npm', 'run', 'build'])
    expect([built.code, built.out + built.err]).toEqual([0, expect.stringContaining('/auth/[[...path]]')])
    await useNotes(folder, 'start', { LATCHKEY_SECRETS: randomBytes(32).toString('base64url') })
  })
})

/** Starts an example by one of its scripts, uses it like a user who has an account, and stops it. */
async function useNotes(folder: string, script: string, more: Record<string, string> = {}): Promise<void> {
  const port = await freePort()
  const env = cleanEnvironment({ PORT: String(port), NEXT_TELEMETRY_DISABLED: '1', ...more })
  const npm = spawn('npm', ['run', script], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(npm, 'close')
  try {
    await untilReady(npm, port)
    const client = new Client((path, init) => fetch(`http://127.0.0.1:${port}${path}`, init))
    const account = { email: `ada+${script}@example.com`, password: PASSWORD }
    expect((await client.get('/')).text).toContain('Please log in')
    const refused = await client.get('/notes')
    expect([refused.status, refused.body.code]).toEqual([401, 'unauthenticated'])
    expect(refused.headers.get('www-authenticate')).toMatch(/^Cookie /)
    expect((await client.post('/auth/register', account)).status).toBe(201)
    expect((await client.post('/auth/logout')).status).toBe(204)
    expect((await client.post('/auth/login', account)).status).toBe(200)
    expect((await client.get('/')).text).toContain(`Hello ${account.email}`)
    expect((await client.post('/notes', { text: 'Buy milk' })).status).toBe(201)
    const evil = await client.post('/notes', { text: 'evil' }, { 'sec-fetch-site': 'cross-site' })
    expect([evil.status, evil.body.code]).toEqual([403, 'cross_origin'])
    expect((await client.get('/notes')).body).toEqual(['Buy milk'])
    expect((await client.delete('/notes')).status).toBe(204)
    expect((await client.get('/notes')).body).toEqual([])
    expect((await client.post('/auth/logout')).status).toBe(204)
    expect((await client.get('/notes')).status).toBe(401)
  } finally {
    killGroup(npm)
    await ended
  }
}

/** Resolves when the example prints that it listens; rejects with its output if it exits before. */
async function untilReady(npm: ChildProcess, port: number): Promise<void> {
  if (npm.stdout === null || npm.stderr === null) throw new Error('The output of npm is not piped')
  const said: string[] = []
  const listening = new RegExp(`^http://localhost:${port}$|Ready in`)
  const output = [createInterface(npm.stdout), createInterface(npm.stderr)]
  await new Promise<void>((resolve, reject) => {
    for (const lines of output) {
      lines.on('line', (line) => {
        said.push(line)
        if (listening.test(line)) resolve()
      })
    }
    npm.once('close', (code) => reject(new Error(`npm ended with ${code}:\n${said.join('\n')}`)))
  })
}
