/*
 * The checks of the source find an import that climbs, a cycle of rooms, a function that is too long, and a slow regular
 * expression; mutants differ in one place.
 */
import { expect, test } from 'vitest'
import { answerAll, findProblems as findAsvsProblems, listCarriers, readRequirements } from '../scripts/asvs.ts'
import { findProblem, listExpressions } from '../scripts/check-expressions.ts'
import { findTooLong, listFunctions } from '../scripts/check-functions.ts'
import { findProblems, toHouse, toRows } from '../scripts/house.ts'
import { listMutants } from '../scripts/mutate.ts'

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

test('a function of more than 80 lines is found, a route table is not', () => {
  const filler = '  void 0 // é\n'
  const source = [
    '#!/usr/bin/env node\n// é\n',
    `function allowed() {\n${filler.repeat(78)}}\n`,
    `const tooLong = async () => {\n${filler.repeat(79)}}\n`,
    `class Example { method(): void {\n${filler.repeat(79)}} }\n`,
    `function routes(): Route[] {\n  return [\n${'    defineRoute({ path: "/" }),\n'.repeat(90)}  ]\n}\n`,
    `function alsoRoutes(): Route[] {\n${filler}  return [\n${'    defineRoute({}),\n'.repeat(90)}  ]\n}\n`,
  ].join('')
  const functions = listFunctions('src/example.ts', source)
  expect(functions.map(({ name, line, lines }) => [name, line, lines])).toEqual([
    ['allowed', 3, 80],
    ['tooLong', 83, 81],
    ['method', 164, 81],
    ['routes', 245, 94],
    ['alsoRoutes', 339, 95],
  ])
  expect(findTooLong(functions)).toEqual(
    [
      ['  81', '83 tooLong'],
      ['  81', '164 method'],
      ['  95', '339 alsoRoutes'],
    ].map(([lines, place]) => `${lines} src/example.ts:${place}: more than 80 lines`),
  )
})

test('a regular expression that takes more than linear time is found, and so is one that is built at run time (CWE-1333) (ASVS 1.2.9, 1.3.12)', () => {
  const source = [
    'const linear = /^[a-z]+(?:,[a-z]+)*$/u',
    'const once = /[[\\p{Cc}--[x]]]/v',
    'const slow = (text: string) => /^key: *(\\S*) *$/.test(text)',
    'const slower = [/^(?:a+)+$/]',
    'const made = new RegExp(text)',
    "const alsoMade = RegExp('a+')",
  ].join('\n')
  const problems = listExpressions('src/example.ts', source).map((each) => [each.place, findProblem(each) !== null])
  expect(problems).toEqual([
    ['src/example.ts:1', false],
    ['src/example.ts:2', false],
    ['src/example.ts:3', true],
    ['src/example.ts:4', true],
    ['src/example.ts:5', true],
    ['src/example.ts:6', true],
  ])
})

test('each mutant changes one place of the source', () => {
  const source =
    "// é\nasync function run(a: number) {\n  if (!ok && a <= 1) await save('é')\n  return { done: true }\n}\n"
  const mutants = listMutants('src/example.ts', source).map(({ line, description, source: changed }) => {
    const before = source.split('\n')[line - 1]
    const after = changed.split('\n')[line - 1] as string
    expect(changed).toBe(source.replace(before as string, () => after))
    return `${description}: ${after.trim()}`
  })
  expect(mutants.toSorted()).toEqual(
    [
      "!ok && a <= 1 → false: if (false) await save('é')",
      "!ok && a <= 1 → true: if (true) await save('é')",
      "! → nothing: if (ok && a <= 1) await save('é')",
      "&& → ||: if (!ok || a <= 1) await save('é')",
      "<= → <: if (!ok && a < 1) await save('é')",
      "await save('é') → ;: if (!ok && a <= 1) ;",
      'true → false: return { done: false }',
    ].toSorted(),
  )
})

test('a test carries the requirements of ASVS in its name; an unknown id, a missing and a double answer are found', () => {
  const source =
    "const x = 'ASVS 1.1.1'\ntest('a, b (CWE-9; ASVS 7.2.4, 99.1.1)', () => {}); test('ASVS 3.4.1: x', () => {})"
  const carriers = listCarriers('a.test.ts', source)
  expect(carriers).toEqual([
    { file: 'a.test.ts', name: 'a, b', ids: ['7.2.4', '99.1.1'] },
    { file: 'a.test.ts', name: 'ASVS 3.4.1: x', ids: ['3.4.1'] },
  ])
  const requirements = readRequirements(
    'id,level\n7.2.4,1,V7 Session,"a ""new"", token",library,x\n3.7.4,2,V3 Web,preload,operator,\n1.0.1,1,V1 Encoding,x,,\n',
  )
  expect(answerAll(requirements, carriers).map(({ kind, text }) => [kind, text])).toEqual([
    ['tested', 'a "new", token'],
    ['duty', 'preload'],
    ['unanswered', 'x'],
  ])
  const problems = findAsvsProblems(requirements, [...carriers, { file: 'b.test.ts', name: 'c', ids: ['3.7.4'] }])
  expect(problems).toEqual(
    expect.arrayContaining([
      '99.1.1 is not in docs/asvs-5.csv: a.test.ts "a, b"',
      '3.7.4 is duty, but b.test.ts "c" carries it',
      '1.0.1 has no test and no statement: x',
    ]),
  )
})
