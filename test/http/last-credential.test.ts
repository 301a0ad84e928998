/* The last way to log in stays (409 `last_credential`): every other way counts, and only one that the settings offer. */
import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import { google } from '../../src/providers.ts'
import { createAuthenticator } from '../../src/testing.ts'
import { Client } from '../support/client.ts'
import { type Instance, sendTo, startInstance } from '../support/rings.ts'

const providers = [google({ clientId: 'id', clientSecret: 's'.repeat(32) })]

async function start(options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const instance = await startInstance('handler', options)
  onTestFinished(() => instance.close())
  return instance
}

interface Registered {
  readonly client: Client
  readonly userId: string
  readonly email: string
  readonly passkey: string
}

/** Registers with a passkey and without a password. Returns the browser, and the path of the passkey. */
async function register(instance: Instance): Promise<Registered> {
  const client = instance.client()
  const email = `${randomUUID()}@example.com`
  const { options } = (await client.post('/auth/register/passkey/options', { email })).body
  const credential = createAuthenticator().create(options)
  const done = await client.post('/auth/register/passkey', { email, credential })
  const { passkeys } = (await client.get('/auth/factors')).body
  return { client, userId: done.body.user.id, email, passkey: `/auth/passkeys/${passkeys[0].id}` }
}

/** Stores an identity of a provider. Returns its path. */
async function link(instance: Instance, userId: string, provider: string): Promise<string> {
  const id = randomUUID()
  const times = `${Date.now()}, NULL`
  await instance.runSql(
    `INSERT INTO identities (id, user_id, provider, issuer, subject, email, email_verified, created_at, last_used_at)
     VALUES ('${id}', '${userId}', '${provider}', 'https://${provider}.example', '${id}', NULL, 0, ${times})`,
  )
  return `/auth/identities/${id}`
}

const statusOf = async (client: Client, path: string): Promise<number> => (await client.delete(path)).status

test('a passkey alone stays; with email login it may go', async () => {
  const [off, on] = [await start(), await start({ emailLogin: 'on' })]
  const [alone, mailed] = [await register(off), await register(on)]
  expect(await statusOf(alone.client, alone.passkey)).toBe(409)
  expect(await statusOf(mailed.client, mailed.passkey)).toBe(204)
})

test('an identity counts if its provider is configured, and not otherwise', async () => {
  const instance = await start({ providers })
  const { client, userId, passkey } = await register(instance)
  await link(instance, userId, 'gone')
  expect(await statusOf(client, passkey)).toBe(409)
  const identity = await link(instance, userId, 'google')
  expect(await statusOf(client, passkey)).toBe(204)
  expect(await statusOf(client, identity)).toBe(409)
  expect((await client.get('/auth/identities')).body.identities).toHaveLength(2)
})

test('a passkey counts while passkeys are on; the identity stays where they are off', async () => {
  const instance = await start({ providers })
  const { client, userId } = await register(instance)
  const identity = await link(instance, userId, 'google')
  const withoutPasskeys = await instance.sibling({ factors: { passkeys: false } })
  onTestFinished(() => withoutPasskeys.close())
  const elsewhere = new Client(sendTo(withoutPasskeys))
  for (const [name, value] of client.cookies) elsewhere.cookies.set(name, value)
  expect(await statusOf(elsewhere, identity)).toBe(409)
  expect(await statusOf(client, identity)).toBe(204)
})

test('revoking everything keeps one identity only if it is the last way to log in', async () => {
  const instance = await start({ providers })
  const { client, userId } = await register(instance)
  await link(instance, userId, 'google')
  expect((await client.delete('/auth/access')).body.revoked).toBe(1)
  expect((await client.get('/auth/identities')).body.identities).toEqual([])
})

test('revoking everything keeps an identity that can log in, and tells the user about the others', async () => {
  const instance = await start({ providers })
  const { client, userId, email } = await register(instance)
  for (const provider of ['gone', 'google', 'older']) await link(instance, userId, provider)
  await instance.runSql('DELETE FROM passkeys')
  await instance.runSql("UPDATE identities SET last_used_at = 9 WHERE provider = 'older'")
  expect((await client.delete('/auth/access')).body.revoked).toBe(2)
  expect((await client.get('/auth/identities')).body.identities).toMatchObject([{ provider: 'google' }])
  for (const provider of ['gone', 'older']) {
    await instance.waitForMail(({ to, subject }) => to === email && subject.startsWith(`${provider} was unlinked`))
  }
})
