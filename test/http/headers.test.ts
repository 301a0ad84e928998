/* Headers that act on more than their answer: the application shares its origin and its host with Latchkey. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { Reply } from '../support/client.ts'
import { PASSWORD, startInstance } from '../support/rings.ts'

/** Returns answers of every kind: JSON, a page, a refusal, a login, a logout, and a refusal of the application's route. */
async function answersOf(options: Partial<LatchkeyOptions>): Promise<Headers[]> {
  const instance = await startInstance('handler', options)
  onTestFinished(() => instance.close())
  await instance.auth.users.create({ email: 'ada@example.com', password: PASSWORD })
  const client = instance.client()
  const credentials = { email: 'ada@example.com', password: PASSWORD }
  const replies: Reply[] = [
    await client.get('/auth'),
    await client.get('/auth/login'),
    await client.get('/auth/none'),
    await client.post('/auth/login', credentials),
    await client.post('/auth/logout'),
    await client.post('/auth/login', credentials),
    await client.delete('/auth/user'),
  ]
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 404, 200, 204, 200, 204])
  return [...replies.map(({ headers }) => headers), instance.auth.toResponse(new Error('a bug')).headers]
}

describe('headers that act on the whole origin of the application', () => {
  test('no answer clears the site data: with "cache", Chromium stalls at the logout', async () => {
    for (const headers of await answersOf({})) expect(headers.get('clear-site-data')).toBeNull()
  })

  test.each([
    [{ baseUrl: 'https://id.example.com' }, 'max-age=31536000'],
    [{ baseUrl: 'https://id.example.com', hstsIncludeSubDomains: true }, 'max-age=31536000; includeSubDomains'],
    [{ baseUrl: 'http://localhost:3000', hstsIncludeSubDomains: true }, null],
    [{ baseUrl: 'https://localhost:3000' }, null], // it would break the other servers of the developer
  ])('Strict-Transport-Security with %j: %s', async (options, expected) => {
    for (const headers of await answersOf(options)) expect(headers.get('strict-transport-security')).toBe(expected)
  })
})
