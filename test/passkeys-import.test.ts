/* With passkeys off, nothing of them is loaded; with passkeys on, the library is loaded at the first ceremony (0.3 s). */
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CHILD_ENVIRONMENT } from './support/child-environment.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Runs an instance that answers some requests. Returns true if the library of passkeys was loaded. */
function loads(passkeys: boolean, isCeremony: boolean): boolean {
  const program = `
    import { registerHooks } from 'node:module'
    let isLoaded = false
    registerHooks({
      load(url, context, next) {
        if (url.includes('/@simplewebauthn/')) isLoaded = true
        return next(url, context)
      },
    })
    const { createLatchkey } = await import('${ROOT}/src/index.ts')
    const { sqlite } = await import('${ROOT}/src/sqlite.ts')
    const auth = await createLatchkey({
      baseUrl: 'http://localhost:3000', storage: sqlite(':memory:'), secrets: ['${'s'.repeat(43)}'], factors: { passkeys: ${passkeys} },
    })
    const post = (path, body) => auth.handler(new Request('http://localhost:3000/auth' + path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    }), { remoteAddress: '127.0.0.1' })
    await auth.handler(new Request('http://localhost:3000/auth'))
    await auth.handler(new Request('http://localhost:3000/auth/login', { headers: { accept: 'text/html' } }))
    await post('/login', { email: 'ada@example.com', password: 'a wrong password' })
    if (${isCeremony}) {
      const { createAuthenticator } = await import('${ROOT}/src/testing.ts')
      const begun = await post('/register/passkey/options', { email: 'ada@example.com' })
      const { options } = await begun.json()
      const cookie = begun.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ')
      await auth.handler(new Request('http://localhost:3000/auth/register/passkey', {
        method: 'POST', headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify({ email: 'ada@example.com', credential: createAuthenticator().create(options) }),
      }), { remoteAddress: '127.0.0.1' })
    }
    process.stdout.write(String(isLoaded))
    await auth.close()`
  const args = ['--input-type=module', '--eval', program]
  return execFileSync(process.execPath, args, { cwd: ROOT, env: CHILD_ENVIRONMENT, encoding: 'utf8' }).endsWith('true')
}

test.each([
  [false, false, false],
  [true, false, false],
  [true, true, true],
])('passkeys %j, a ceremony %j: the library is loaded: %j', (passkeys, isCeremony, isLoaded) => {
  expect(loads(passkeys, isCeremony)).toBe(isLoaded)
})
