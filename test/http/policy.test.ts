/*
 * The policy of second factors, combination by combination: each way to begin a login, with each set of factors, on a browser that is
 * remembered and on one that is not. Three rules (DESIGN section 3) decide what a login asks for, and whether its session is fresh.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { google } from '../../src/providers.ts'
import { createMemoryProvider } from '../../src/testing/memory-provider.ts'
import { createAuthenticator } from '../../src/testing.ts'
import type { Client } from '../support/client.ts'
import { runRound } from '../support/provider-round.ts'
import { type Instance, PASSWORD, SMALL_COST, startInstance } from '../support/rings.ts'
import { totpCode } from '../support/totp.ts'

const STEP_MS = 30_000
const ENROLLED = ['none', 'totp', 'passkey', 'both'] as const
const PROOFS = ['password', 'passkey', 'email_code', 'provider:google', 'ID token'] as const
type Enrolled = (typeof ENROLLED)[number]
type Proof = (typeof PROOFS)[number]

interface Cell {
  readonly enrolled: Enrolled
  readonly isRemembered: boolean
  readonly proof: Proof
}

const CELLS: readonly Cell[] = ENROLLED.flatMap((enrolled) =>
  [false, true].flatMap((isRemembered) => PROOFS.map((proof) => ({ enrolled, isRemembered, proof }))),
)

/** A passkey is complete alone. Any other proof asks for a second factor that is set up, except on a remembered browser. */
function expectedOf(policy: string, { enrolled, isRemembered, proof }: Cell): 'complete' | 'step' | 'enrol' {
  if (policy === 'off' || proof === 'passkey') return 'complete'
  if (enrolled === 'none') return policy === 'required' ? 'enrol' : 'complete'
  return isRemembered ? 'complete' : 'step'
}

/** Cells that cannot exist. */
function isPossible(policy: string, { enrolled, isRemembered, proof }: Cell): boolean {
  const hasPasskey = enrolled === 'passkey' || enrolled === 'both'
  if (proof === 'passkey' && !hasPasskey) return false
  if (policy === 'off') return !isRemembered && (enrolled === 'none' || enrolled === 'passkey')
  return enrolled !== 'none' || !isRemembered
}

describe.each(['off', 'optional', 'required'] as const)('secondFactor %s', (policy) => {
  let instance: Instance
  let now = Date.now()
  let people = 0
  const memory = createMemoryProvider(() => now)
  beforeAll(async () => {
    const providers = [google({ clientId: 'client', clientSecret: 'secret' })]
    const options = { clock: () => now, providers, secondFactor: policy, emailLogin: 'on' } as const
    instance = await startInstance('handler', options, { ...SMALL_COST, fetchProvider: memory.fetch })
  })
  afterAll(() => instance.close())

  /** Creates a user with a password, a linked account and factors. */
  async function newUser(enrolled: Enrolled) {
    const email = `person${people++}@gmail.com`
    await instance.auth.users.create({ email, password: PASSWORD, emailVerified: true })
    const [client, authenticator] = [instance.client(), createAuthenticator()]
    await client.post('/auth/login', { email, password: PASSWORD })
    let secret: string | null = null
    if (enrolled === 'totp' || enrolled === 'both') {
      secret = (await client.post('/auth/totp')).body.secret as string
      expect((await client.post('/auth/totp/confirm', { code: totpCode(secret, now) })).status).toBe(200)
    }
    if (enrolled === 'passkey' || enrolled === 'both') {
      const { options } = (await client.post('/auth/passkeys/options')).body
      expect((await client.post('/auth/passkeys', { credential: authenticator.create(options) })).status).toBe(201)
    }
    const account = { subject: email, email, emailVerified: true }
    await runRound(memory, instance.client(), { provider: 'google', account })
    return { email, secret, authenticator, account }
  }
  type Person = Awaited<ReturnType<typeof newUser>>

  async function usePasskey(client: Client, { authenticator }: Person, more: object = {}): Promise<void> {
    const { options } = (await client.post('/auth/login/passkey/options')).body
    await client.post('/auth/login/passkey', { credential: authenticator.get(options), ...more })
  }

  const BEGIN: Readonly<Record<Proof, (client: Client, person: Person) => Promise<unknown>>> = {
    password: (client, { email }) => client.post('/auth/login', { email, password: PASSWORD }),
    passkey: usePasskey,
    'provider:google': (client, { account }) => runRound(memory, client, { provider: 'google', account }),
    async 'ID token'(client, { account }) {
      const nonce = `nonce ${account.subject}`
      const idToken = memory.idToken('https://accounts.google.com', 'client', account, nonce)
      return client.post('/auth/login/with/google', { idToken, nonce })
    },
    async email_code(client, { email }) {
      await client.post('/auth/login/email', { email })
      const { subject } = await instance.waitForMail((mail) => mail.to === email && /^\d{8} /.test(mail.subject))
      return client.post('/auth/login/email/confirm', { code: subject.slice(0, 8) })
    },
  }

  async function proveFactor(client: Client, person: Person): Promise<void> {
    now += STEP_MS
    const rememberDevice = true
    const { secret } = person
    if (secret === null) await usePasskey(client, person, { rememberDevice })
    else await client.post('/auth/login/totp', { code: totpCode(secret, now), rememberDevice })
  }

  /** Returns what a login asks for: nothing, a step, or the enrolment of a factor. */
  async function outcomeOf(client: Client): Promise<string> {
    if ((await client.get('/auth/session')).status === 200) return 'complete'
    const { steps } = (await client.get('/auth/login/attempt')).body
    return steps.every(({ enrol = false }) => enrol) ? 'enrol' : 'step'
  }

  const freshnessOf = async (client: Client): Promise<number> => (await client.get('/auth/verify?fresh=1')).status

  test.each(CELLS.filter((cell) => isPossible(policy, cell)))(
    '$proof; set up: $enrolled; remembered: $isRemembered',
    async (cell) => {
      const { enrolled, isRemembered, proof } = cell
      const person = await newUser(enrolled)
      const client = instance.client()
      if (isRemembered) {
        await BEGIN.password(client, person)
        await proveFactor(client, person)
        await client.post('/auth/logout')
      }
      await BEGIN[proof](client, person)
      const expected = expectedOf(policy, cell)
      expect(await outcomeOf(client)).toBe(expected)
      const isProtected = policy !== 'off' && enrolled !== 'none' && proof !== 'passkey'
      if (expected === 'complete') {
        const { methods } = (await client.get('/auth/session')).body.session
        expect(methods).toEqual([proof === 'ID token' ? 'provider:google' : proof])
        expect(await freshnessOf(client)).toBe(isProtected ? 403 : 204)
      }
      if (expected !== 'step') return
      await proveFactor(client, person)
      expect(await freshnessOf(client)).toBe(204)
    },
  )
})
