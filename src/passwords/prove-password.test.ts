import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untold } from '../../test/support/untold.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { Latchkey } from '../instance.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import { createLatchkey } from '../latchkey.ts'
import { sqlite } from '../sqlite.ts'
import type { Stores } from '../storage/storage.ts'

describe('the password of an imported user', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-prove-'))
  let stores: Stores
  let auth: Latchkey
  beforeAll(async () => {
    const file = join(directory, 'app.db')
    stores = await sqlite(file).open()
    auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(file), verifyEmail: 'off' })
  })
  afterAll(async () => {
    await auth.close()
    await stores.close()
    rmSync(directory, { recursive: true })
  })

  async function importUser(hash: string): Promise<{ id: UserId; email: string }> {
    const email = `${randomUUID()}@example.com`
    const address = parseEmailAddress(email)
    if (address === null) throw new Error('no address')
    const user = { id: newUserId(Date.now), email: address, emailVerified: true, name: null, createdAt: Date.now() }
    await stores.users.create({ user, passwordHash: hash as PasswordHash, firstSession: null, replaces: null }, untold)
    return { id: user.id, email }
  }

  async function logIn(email: string, password: string): Promise<number> {
    const request = new Request('http://localhost:3000/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    return (await auth.handler(request)).status
  }

  const hashOf = async (id: UserId) => (await stores.passwords.findByUserId(id))?.hash

  test('is checked against the hash of the other system once, and against an argon2id hash from then on', async () => {
    // PHP 8.2: crypt("pa\u{308}ssword \u{1f511}", …): the other system did not normalize passwords
    const imported = '$2y$04$abcdefghijklmnopqrstuuXDUtLTydjSWJjCaLO9O2ToQpXYLbdnO'
    const typed = 'pa\u0308ssword \u{1f511}'
    const { id, email } = await importUser(imported)

    expect(await logIn(email, 'not the password')).toBe(401)
    expect(await hashOf(id)).toBe(imported)

    expect(await logIn(email, typed)).toBe(200)
    const hash = await hashOf(id)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)

    expect(await logIn(email, typed.normalize('NFC'))).toBe(200)
    expect(await logIn(email, typed)).toBe(200)
    expect(await hashOf(id)).toBe(hash)
  })

  test('is wrong if the hash cannot be verified, and the hash stays', async () => {
    const { id, email } = await importUser('!')
    expect(await logIn(email, '!')).toBe(401)
    expect(await hashOf(id)).toBe('!')
  })
})
