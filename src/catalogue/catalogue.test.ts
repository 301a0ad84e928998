import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Refusal as KernelRefusal } from '../kernel/refusal.ts'
import { EVENTS, USER_EVENTS } from './events.ts'
import { Refusal } from './refusal.ts'
import { REFUSALS } from './refusals.ts'

const src = resolve(import.meta.dirname, '..')

/** Returns the keys of every table that the rooms export from files with this name. */
async function stated(file: string, suffix: string): Promise<string[]> {
  const paths = globSync(`**/${file}`, { cwd: src, exclude: ['catalogue/*'] })
  const modules: Record<string, object>[] = await Promise.all(paths.map((path) => import(resolve(src, path))))
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, table]) => (name.endsWith(suffix) ? Object.keys(table) : [])),
  )
}

describe('the catalogue', () => {
  test('has every event that a room defines, and each is defined once', async () => {
    expect((await stated('events.ts', '_EVENTS')).sort()).toEqual(Object.keys(EVENTS).sort())
  })

  test('has every refusal that a room defines, and each is defined once', async () => {
    expect((await stated('refusals.ts', '_REFUSALS')).sort()).toEqual(Object.keys(REFUSALS).sort())
  })

  test('contains sentences only for events that users see', () => {
    expect(USER_EVENTS['session.revoked']?.de).toBe('Gerät abgemeldet')
    expect(USER_EVENTS).not.toHaveProperty(['request.refused'])
  })
})

describe('the refusal that applications get', () => {
  class OwnRefusal extends Refusal {}

  test('accepts the code of any room', () => {
    const refusal = new Refusal('email_taken', { reason: 'seen' })
    expect(refusal).toMatchObject({ code: 'email_taken', status: 409, reason: 'seen', name: 'Refusal' })
    expect(refusal instanceof KernelRefusal).toBe(true)
  })

  test('instanceof is true for every refusal that a room throws, and false for other errors', () => {
    const thrown: unknown = new KernelRefusal(REFUSALS.token_invalid)
    expect(thrown instanceof Refusal).toBe(true)
    expect(new Error('bug') instanceof Refusal).toBe(false)
  })

  test('instanceof works as usual for a subclass of an application', () => {
    expect(new OwnRefusal('not_found') instanceof OwnRefusal).toBe(true)
    expect(new KernelRefusal('not_found') instanceof OwnRefusal).toBe(false)
  })
})
