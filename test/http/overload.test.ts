import { expect, test } from 'vitest'
import { PASSWORD, REAL_COST, RINGS, startInstance } from '../support/rings.ts'

test.each(RINGS)(
  'a flood of logins is answered with 503 and Retry-After at once, session checks go on (%s)',
  async (ring) => {
    const instance = await startInstance(ring, { passwordHashing: { maxWaiting: 2 } }, REAL_COST)
    const client = instance.client()
    await client.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const flood = Array.from({ length: 40 }, () =>
      instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD }),
    )
    expect((await client.get('/auth/session')).status).toBe(200)
    const replies = await Promise.all(flood)
    const refused = replies.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThan(0)
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    for (const { body, headers } of refused)
      expect([body.code, headers.get('retry-after')]).toEqual(['overloaded', '2'])
    expect(instance.errors).toEqual([])
    expect(instance.events.filter(({ type }) => type === 'request.refused')).toHaveLength(refused.length)
    expect((await instance.client().post('/auth/login', { email: 'ada@example.com', password: PASSWORD })).status).toBe(
      200,
    )
    await instance.close()
  },
)
