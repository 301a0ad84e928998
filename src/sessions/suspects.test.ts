import { expect, test } from 'vitest'
import { MINUTE_MS } from '../kernel/clock.ts'
import type { SessionPrincipal } from '../kernel/principal.ts'
import { createSuspects } from './suspects.ts'

const principalOf = (session: string): SessionPrincipal =>
  ({ session: { id: session }, user: { id: 'user' } }) as SessionPrincipal

test.each([10, 63, 200])(
  'after more changes than the list can hold, %i minutes after the last check, every older sealed session is suspect',
  async (minutes) => {
    let now = Date.UTC(2026, 0)
    const suspects = createSuspects(
      async () => ({ ids: [], completeSince: 0 }),
      () => now,
      (error) => expect.unreachable(String(error)),
    )
    expect(suspects.has(principalOf('a'), now)).toBe(true) // the recent changes are not read yet
    await expect.poll(() => suspects.has(principalOf('a'), now)).toBe(false)
    now += minutes * MINUTE_MS
    const sealedAt = now - MINUTE_MS
    suspects.add('revoked')
    for (let index = 0; index < 200_000; index++) suspects.add(`other ${index}`)
    expect([suspects.has(principalOf('revoked'), sealedAt), suspects.has(principalOf('revoked'), sealedAt)]).toEqual([
      true,
      true,
    ])
    now += 2 * MINUTE_MS
    expect(suspects.has(principalOf('a'), now)).toBe(false)
  },
)
