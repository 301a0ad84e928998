/* Promise 9: guessing is slow for the attacker, not for the victim. Browsers that logged in before have their own budget. */
import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import { mailTo, tokenIn } from '../support/caught-mails.ts'
import type { Client, Reply } from '../support/client.ts'
import { type Instance, PASSWORD, RINGS, type Ring, startInstance } from '../support/rings.ts'

const [ADA, EVE] = ['ada@example.com', 'eve@example.com']
const DEVICE = 'latchkey-device'

async function start(ring: Ring, options: Partial<LatchkeyOptions> = {}): Promise<Instance> {
  const instance = await startInstance(ring, { trustProxy: 1, throttle: {}, ...options })
  onTestFinished(() => instance.close())
  return instance
}

function logIn(client: Client, email: string, password = PASSWORD, address = '192.0.2.1'): Promise<Reply> {
  return client.post('/auth/login', { email, password }, { 'x-forwarded-for': address })
}

/** Returns a browser in which the user registered and logged out: it has the device cookie and no session. */
async function knownDevice(instance: Instance, email: string): Promise<Client> {
  const client = instance.client()
  expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201)
  await client.post('/auth/logout')
  expect([...client.cookies.keys()]).toEqual([DEVICE])
  return client
}

/** Guesses from many addresses until an attempt must wait; the account stays in that state. */
async function attack(instance: Instance, email: string): Promise<void> {
  for (let count = 0; count < 6; count++) {
    const { status } = await logIn(instance.client(), email, 'a wrong password', `198.51.100.${count}`)
    expect(status).toBe(count < 5 ? 401 : 429)
  }
}

describe.each(RINGS)('devices that logged in before (%s)', (ring) => {
  test('a legitimate user on a known device logs in at once during an attack on the account', async () => {
    const instance = await start(ring)
    const laptop = await knownDevice(instance, ADA)
    await attack(instance, ADA)
    expect((await logIn(instance.client(), ADA)).status).toBe(429) // even with the right password, from an unknown device
    expect((await logIn(laptop, ADA)).status).toBe(200)
    // The device does not wait either if another caller used up the budget of its network.
    expect((await laptop.post('/auth/reauthenticate', { password: PASSWORD })).status).toBe(200)
  })

  test('an exhausted network budget does not lock out a known device', async () => {
    const instance = await start(ring, { throttle: { failuresPerNetwork: 2 } })
    const laptop = await knownDevice(instance, ADA)
    for (const name of ['a', 'b']) await logIn(instance.client(), `${name}@example.com`, 'a wrong password')
    expect((await logIn(instance.client(), ADA)).status).toBe(429)
    expect((await logIn(laptop, ADA)).status).toBe(200)
  })

  test("success on a known device does not reset the attack's count; success from an unknown device does", async () => {
    const instance = await start(ring)
    const laptop = await knownDevice(instance, ADA)
    await attack(instance, ADA)
    expect((await logIn(laptop, ADA)).status).toBe(200)
    instance.advance(1_000)
    expect((await logIn(instance.client(), ADA, 'a wrong password')).status).toBe(401)
    expect((await logIn(instance.client(), ADA)).headers.get('retry-after')).toBe('2')
    instance.advance(2_000)
    expect((await logIn(instance.client(), ADA)).status).toBe(200)
    await attack(instance, ADA) // five more attempts
  })

  test('a known device has the same limits, and its failures do not count for unknown devices', async () => {
    const instance = await start(ring)
    const laptop = await knownDevice(instance, ADA)
    for (let count = 0; count < 5; count++) expect((await logIn(laptop, ADA, 'a wrong password')).status).toBe(401)
    const early = await logIn(laptop, ADA)
    expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await logIn(instance.client(), ADA)).status).toBe(200)
    instance.advance(1_000)
    expect((await logIn(laptop, ADA)).status).toBe(200)
  })

  test('a device that used up its budget counts as unknown until the password is proven', async () => {
    const instance = await start(ring, { throttle: { freeFailures: 9, failuresUntilDisabled: 10 } })
    const stolen = await knownDevice(instance, ADA)
    for (let count = 0; count < 10; count++) {
      expect((await logIn(stolen, ADA, 'a wrong password')).status).toBe(401)
      instance.advance(1_000)
    }
    expect(instance.events.some(({ type }) => type === 'password.disabled')).toBe(false) // failures of a known device never disable it
    // From now on its failures count as those of unknown devices, which share one budget.
    for (let count = 0; count < 9; count++) expect((await logIn(stolen, ADA, 'a wrong password')).status).toBe(401)
    expect((await logIn(instance.client(), ADA)).status).toBe(429)
    instance.advance(1_000)
    expect((await logIn(stolen, ADA)).status).toBe(200)
    await attackWith(9)
    expect((await logIn(stolen, ADA)).status).toBe(200)

    async function attackWith(failures: number): Promise<void> {
      for (let count = 0; count < failures; count++) await logIn(instance.client(), ADA, 'a wrong password')
      expect((await logIn(instance.client(), ADA)).status).toBe(429)
    }
  })

  test('after too many failures from unknown devices the password works on known devices only, until it is changed', async () => {
    const instance = await start(ring, { throttle: { freeFailures: 9, failuresUntilDisabled: 10 } })
    const laptop = await knownDevice(instance, ADA)
    for (let count = 0; count < 10; count++) {
      expect((await logIn(instance.client(), ADA, 'a wrong password')).status).toBe(401)
      instance.advance(2_000)
    }
    const [wrong, right] = [
      await logIn(instance.client(), ADA, 'wrong'),
      await afterWait(() => logIn(instance.client(), ADA)),
    ]
    expect([right.status, right.text]).toEqual([401, wrong.text])
    expect(instance.events.filter(({ type }) => type === 'password.disabled')).toHaveLength(1)
    expect(instance.events).toContainEqual(
      expect.objectContaining({ type: 'login.refused', reason: 'password_disabled' }),
    )
    expect((await logIn(laptop, ADA)).status).toBe(200)
    const stillDisabled = await afterWait(() => logIn(instance.client(), ADA))
    expect(stillDisabled.status).toBe(401)
    const change = { currentPassword: PASSWORD, newPassword: 'another long password' }
    expect((await laptop.post('/auth/password/change', change)).status).toBe(200)
    // Earlier guesses were against the old password: the next failure is the first.
    expect((await logIn(instance.client(), ADA, 'a wrong password')).status).toBe(401)
    expect((await logIn(instance.client(), ADA, 'another long password')).status).toBe(200)

    function afterWait(work: () => Promise<Reply>): Promise<Reply> {
      instance.advance(15 * 60_000)
      return work()
    }
  })

  describe('after the password was changed, reset or disabled by force', () => {
    const NEW_PASSWORD = 'another long password'

    test('changed: the browser that changed it stays known, every other one is unknown', async () => {
      const instance = await start(ring)
      const intruder = await knownDevice(instance, ADA)
      const laptop = instance.client()
      await logIn(laptop, ADA)
      const { headers } = await laptop.post('/auth/password/change', {
        currentPassword: PASSWORD,
        newPassword: NEW_PASSWORD,
      })
      expect(headers.getSetCookie().map((line) => line.split('=')[0])).toEqual(['latchkey', DEVICE])
      await laptop.post('/auth/logout')
      await attack(instance, ADA)
      expect((await logIn(intruder, ADA, NEW_PASSWORD)).status).toBe(429)
      expect((await logIn(laptop, ADA, NEW_PASSWORD)).status).toBe(200)
    })

    test('reset by email: every browser is unknown until its user logs in there again', async () => {
      const instance = await start(ring)
      const laptop = await knownDevice(instance, ADA)
      await instance.client().post('/auth/password/forgot', { email: ADA })
      const token = tokenIn(await instance.waitForMail(mailTo(ADA, '/password/reset?')))
      expect((await laptop.post('/auth/password/reset', { token, password: NEW_PASSWORD })).status).toBe(204)
      await attack(instance, ADA)
      expect((await logIn(laptop, ADA, NEW_PASSWORD)).status).toBe(429)
      instance.advance(1_000)
      expect((await logIn(laptop, ADA, NEW_PASSWORD)).status).toBe(200)
      await attack(instance, ADA)
      expect((await logIn(laptop, ADA, NEW_PASSWORD)).status).toBe(200)
    })

    test('reset forced by an administrator, or account disabled for a while: every browser is unknown', async () => {
      for (const [shutOut, letIn] of [
        ['forcePasswordReset', 'unlock'],
        ['disable', 'enable'],
      ] as const) {
        const instance = await start(ring)
        const intruder = await knownDevice(instance, ADA)
        const { id = '' } = (await instance.auth.users.find(ADA)) ?? {}
        await instance.auth.users[shutOut](id)
        await instance.auth.users[letIn](id)
        await attack(instance, ADA)
        expect((await logIn(intruder, ADA)).status).toBe(429)
      }
    })
  })

  test('a modified device cookie, or one of another user, gains nothing', async () => {
    const instance = await start(ring)
    const [ada, eve] = [await knownDevice(instance, ADA), await knownDevice(instance, EVE)]
    const value = ada.cookies.get(DEVICE) ?? ''
    await attack(instance, ADA)
    const forged = [
      eve.cookies.get(DEVICE) ?? '',
      value.slice(0, -1),
      `A${value.slice(1)}`,
      `${value.split('.')[0]}.${eve.cookies.get(DEVICE)?.split('.')[1]}`,
      '',
      `${value}; ${DEVICE}=${value}`, // two cookies with our name: neither is accepted
    ]
    for (const cookie of forged) {
      const headers = { cookie: `${DEVICE}=${cookie}`, 'x-forwarded-for': '192.0.2.2' }
      const reply = await instance.client().post('/auth/login', { email: ADA, password: PASSWORD }, headers)
      expect([cookie, reply.status]).toEqual([cookie, 429])
    }
  })

  test('the device cookie: HttpOnly, 400 days, contains no user name, survives logouts and a new secret (ASVS 3.3.2)', async () => {
    const secrets = [randomBytes(32).toString('base64url')]
    const instance = await start(ring, { secrets })
    const client = instance.client()
    const { headers, body } = await client.post('/auth/register', { email: ADA, password: PASSWORD })
    const [, line = ''] = headers.getSetCookie()
    expect(line).toMatch(
      /^latchkey-device=[\w-]+\.[\w-]+; Max-Age=34560000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    )
    const readable = Buffer.from(client.cookies.get(DEVICE)?.split('.')[0] ?? '', 'base64url').toString()
    for (const name of [ADA, 'ada', body.user.id, body.session.id]) expect(readable).not.toContain(name)
    await client.post('/auth/logout')
    const rotated = await instance.sibling({
      secrets: [randomBytes(32).toString('base64url'), ...secrets],
      trustProxy: 1,
    })
    onTestFinished(() => rotated.close())
    const post = (cookie: string, password: string): Promise<Response> =>
      rotated.handler(
        new Request('http://localhost:3000/auth/login', {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie },
          body: JSON.stringify({ email: ADA, password }),
        }),
      )
    for (let count = 0; count < 5; count++) await post('', 'a wrong password')
    expect((await post('', PASSWORD)).status).toBe(429)
    expect((await post(`${DEVICE}=${client.cookies.get(DEVICE)}`, PASSWORD)).status).toBe(200)
  })
})
