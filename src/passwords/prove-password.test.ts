import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untold } from '../../test/support/untold.ts'
import { createPasswordHasher, type PasswordHash } from '../crypto/password-hasher.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import { sqlite } from '../sqlite.ts'
import type { Stores } from '../storage/storage.ts'
import { provePasswordByEmail, provePasswordById } from './prove-password.ts'

describe('the password of an imported user', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-prove-'))
  const hasher = createPasswordHasher()
  let stores: Stores
  beforeAll(async () => {
    stores = await sqlite(join(directory, 'app.db')).open()
  })
  afterAll(async () => {
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

  test('is proven with the hash of the other system once, and with argon2id from then on', async () => {
    const deps = { passwords: stores.passwords, hasher }
    // PHP 8.2: crypt("pa\u{308}ssword \u{1f511}", …): the other system knew no normal form
    const imported = '$2y$04$abcdefghijklmnopqrstuuXDUtLTydjSWJjCaLO9O2ToQpXYLbdnO'
    const typed = 'pa\u0308ssword \u{1f511}'
    const { id, email } = await importUser(imported)

    expect(await provePasswordByEmail(deps, email, 'not the password')).toMatchObject({ reason: 'wrong_password' })
    expect((await stores.passwords.findByUserId(id))?.hash).toBe(imported)

    expect(await provePasswordByEmail(deps, email, typed)).toMatchObject({ proven: true })
    const hash = (await stores.passwords.findByUserId(id))?.hash
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)

    expect(await provePasswordByEmail(deps, email, typed.normalize('NFC'))).toMatchObject({ proven: true })
    expect(await provePasswordById(deps, id, typed)).toMatchObject({ proven: true })
    expect((await stores.passwords.findByUserId(id))?.hash).toBe(hash)
  })

  test('is wrong when nobody can verify the hash, and the hash stays', async () => {
    const { id, email } = await importUser('!')
    const proof = await provePasswordByEmail({ passwords: stores.passwords, hasher }, email, '!')
    expect(proof).toMatchObject({ proven: false, reason: 'wrong_password' })
    expect((await stores.passwords.findByUserId(id))?.hash).toBe('!')
  })
})
