/* The library for providers costs a service nothing until the first login with one. */
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'

const SRC = resolve(import.meta.dirname, '../src')

/** Runs a program that logs a user in; returns the URLs of all modules that it loaded. */
async function loadedBy(providers: string): Promise<string[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-off-')), 'program.ts')
  writeFileSync(
    file,
    `import { registerHooks } from 'node:module'
const loaded: string[] = []
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
const { createLatchkey } = await import('${SRC}/index.ts')
const { sqlite } = await import('${SRC}/sqlite.ts')
${providers === '' ? '' : `const { google } = await import('${SRC}/providers.ts')`}
const auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(':memory:'), providers: [${providers}] })
const body = JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' })
const headers = { 'content-type': 'application/json' }
for (const path of ['register', 'login']) {
  const answer = await auth.handler(new Request('http://localhost:3000/auth/' + path, { method: 'POST', headers, body }))
  if (answer.status > 201) throw new Error(path + ' ' + answer.status)
}
await auth.close()
console.log(JSON.stringify(loaded))
`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env: CHILD_ENVIRONMENT })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

test('without providers openid-client is never loaded; with them, it waits for the first login with one', async () => {
  const isOpenid = (url: string): boolean => /node_modules\/(?:openid-client|oauth4webapi|jose)\//.test(url)
  for (const providers of ['', "google({ clientId: 'a', clientSecret: 'b' })"]) {
    const loaded = await loadedBy(providers)
    expect(loaded.length).toBeGreaterThan(100)
    expect(loaded.filter(isOpenid)).toEqual([])
  }
})

test('without the package openid-client, a service with providers says so at its start, and so does the kit for tests', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-off-')), 'program.ts')
  writeFileSync(
    file,
    `import Module, { registerHooks } from 'node:module'
const missing = Object.assign(new Error('missing'), { code: 'ERR_MODULE_NOT_FOUND' })
const resolve = Module._resolveFilename
Module._resolveFilename = (name, ...rest) => { if (name === 'openid-client') throw missing; return resolve(name, ...rest) }
registerHooks({ resolve(name, context, next) { if (name === 'openid-client') throw missing; return next(name, context) } })
const { createTestKit } = await import('${SRC}/testing.ts')
const { google } = await import('${SRC}/providers.ts')
const kit = await createTestKit({ providers: [google({ clientId: 'a', clientSecret: 'b' })] })
const told = kit.errors.map(String)
const failed = await kit.logInWith('google', { subject: '1' }).catch((error) => String(error.cause))
await kit.close()
console.log(JSON.stringify([told, failed]))
`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env: CHILD_ENVIRONMENT })
  const [told, failed] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]')
  expect(told).toEqual([expect.stringContaining('Run: npm install openid-client')])
  expect(failed).toContain('needs the package openid-client, which is not installed')
})
