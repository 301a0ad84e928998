/* An old Node.js is told which version Latchkey needs, before it can fail with another error. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOldNode } from './supported-node.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOR_BROWSERS = ['src/client.ts', 'src/react.ts']

test.each(['22.18.0', '22.19.1', '23.0.0', '24.21.0', '26.0.0-nightly'])('%s is new enough', (version) => {
  expect(findOldNode(version)).toBeNull()
})

test.each(['22.17.1', '20.20.2', '18.0.0', '4.9.1'])(
  '%s is too old, and the sentence names both versions',
  (version) => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const least = engines.node.replace('>=', '')
    expect(findOldNode(version)).toBe(`Latchkey needs Node.js ${least} or newer; this is ${version}`)
  },
)

test('every command of a clone that runs our TypeScript checks the version first', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const commands = Object.entries<string>(scripts).filter(([, command]) => /^node .*\.ts\b|\bvitest\b/.test(command))
  expect(commands.map(([name]) => name)).toEqual(
    expect.arrayContaining(['test', 'test:interop', 'check:asvs', 'bench']),
  )
  const check = 'node scripts/supported-node.mjs'
  const unchecked = commands.filter(
    ([name, command]) =>
      scripts[`pre${name}`] !== check && !command.startsWith('node --import ./scripts/supported-node.mjs '),
  )
  expect(unchecked).toEqual([])
})

test('every entry for servers checks the version first, and nothing imports node:sqlite before', () => {
  const entries = Object.values<string>(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports)
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.replace('./dist/', 'src/').replace('.js', '.ts'))
  for (const entry of entries) {
    const [first] = readFileSync(join(ROOT, entry), 'utf8').split('\n')
    expect([entry, first === "import './kernel/supported-node.ts'"]).toEqual([entry, !FOR_BROWSERS.includes(entry)])
  }
  const sources = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['**/*.test.ts'] })
  const early = sources.filter((file) =>
    /^import (?!type).*'node:sqlite'/m.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(early).toEqual([])
})
