/* The picture of the rooms tells an import that climbs, and a cycle of rooms. */
import { expect, test } from 'vitest'
import { findProblems, toHouse, toRows } from '../scripts/house.ts'

type Modules = Parameters<typeof toHouse>[0]

/** Modules with these imports; only the paths matter. */
function modulesOf(imports: Readonly<Record<string, readonly string[]>>): Modules {
  return Object.entries(imports).map(([source, resolved]) => ({
    source,
    dependencies: resolved.map((path) => ({ resolved: path })) as unknown as Modules[number]['dependencies'],
  }))
}

test('imports that go down are fine, and a room stands above the rooms that it imports', () => {
  const house = toHouse(
    modulesOf({
      'src/index.ts': ['src/latchkey.ts', 'src/login/log-in.ts'],
      'src/latchkey.ts': ['src/features.ts', 'node_modules/hono/index.js'],
      'src/features.ts': ['src/login/feature.ts'],
      'src/login/feature.ts': ['src/core.ts', 'src/kernel/feature.ts'],
      'src/login/log-in.ts': ['src/sessions/store.ts'],
      'src/login/log-in.test.ts': ['src/testing/test-kit.ts'],
      'src/sessions/store.ts': ['src/kernel/ids.ts'],
      'src/core.ts': [],
      'src/kernel/ids.ts': [],
    }),
  )
  expect(findProblems(house)).toEqual([])
  expect(toRows(house).flatMap(({ rooms }) => rooms)).toEqual([
    'entries',
    'latchkey.ts',
    'features',
    'core.ts',
    'login',
    'sessions',
    'kernel',
  ])
})

test('an import that climbs is found', () => {
  const house = toHouse(modulesOf({ 'src/login/log-in.ts': ['src/login/feature.ts'], 'src/login/feature.ts': [] }))
  expect(findProblems(house)).toEqual(['login imports features, which is on a higher floor'])
})

test('a cycle of rooms is found, also without a cycle of files', () => {
  const house = toHouse(
    modulesOf({
      'src/login/log-in.ts': ['src/sessions/start.ts'],
      'src/login/words.ts': [],
      'src/sessions/start.ts': [],
      'src/sessions/end.ts': ['src/throttle/take.ts'],
      'src/throttle/take.ts': ['src/login/words.ts'],
    }),
  )
  expect(findProblems(house)).toEqual(['A cycle of rooms: login -> sessions -> throttle -> login'])
})
