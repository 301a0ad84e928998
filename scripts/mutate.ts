/*
 * A mutation pass: `npm run test:mutation` changes one place of the code at a time and runs the tests. A mutant whose tests
 * stay green survived: a promise without a test, or code without a purpose. The pass works on a copy of the last commit,
 * prints every survivor and the score, and fails if no mutant could be tried.
 *
 *   --rooms=sessions,login   rooms of src; default: the five on the way of a login
 *   --sample=40              number of mutants, chosen at random; default: all
 *   --seed=1                 the same seed chooses the same mutants
 *   --minutes=60             stops after this time and reports the mutants that it tried
 *   --tests=src/throttle     the tests that may kill a mutant; default: all that go through the five rooms, which takes minutes
 */
import { execFileSync, spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { memberOf, parseTree, type SyntaxTree } from './syntax-tree.ts'

const ROOMS = 'sessions,login,passwords,throttle,authentication'
const TESTS = 'src,test/http,test/eviction.test.ts,test/legacy-login.test.ts,test/storage'
/** A run that takes this many times as long as one without a mutant counts as failed: the mutant hangs. */
const HANGS_AFTER = 3
const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
}

/** One change of one file. */
export interface Mutant {
  readonly file: string
  /** Line of the change, from 1. */
  readonly line: number
  readonly description: string
  /** The whole changed source. */
  readonly source: string
}

/** Lists the mutants of a source file: each operator, condition, boolean and call of a statement is changed once. */
export function listMutants(file: string, source: string): Mutant[] {
  const tree = parseTree(source)
  const found: Mutant[] = []
  const replace = (start: number, end: number, text: string): void => {
    const before = tree.textOf({ start: tree.start, end: start })
    const old = tree.textOf({ start, end })
    found.push({
      file,
      line: before.split('\n').length,
      description: `${old.split('\n', 1)} → ${text === '' ? 'nothing' : text}`,
      source: `${before}${text}${tree.textOf({ start: end, end: tree.end })}`,
    })
  }
  tree.visit((node) => {
    const span = tree.spanOf(node)
    if (span === null) return
    if (node.type === 'BinaryExpression') replaceOperator(tree, node, replace)
    if (node.type === 'BooleanLiteral') replace(span.start, span.end, String(node.value !== true))
    if (node.type === 'UnaryExpression' && node.operator === '!') replace(span.start, span.start + 1, '')
    if (node.type === 'IfStatement') replaceCondition(tree, node, replace)
    if (node.type === 'ExpressionStatement' && isCall(node.expression)) replace(span.start, span.end, ';')
  })
  return found
}

type Replace = (start: number, end: number, text: string) => void

function replaceOperator(tree: SyntaxTree, node: object, replace: Replace): void {
  const operator = memberOf(node, 'operator')
  const [left, right] = [tree.spanOf(memberOf(node, 'left')), tree.spanOf(memberOf(node, 'right'))]
  const other = typeof operator === 'string' ? OPERATORS[operator] : undefined
  if (typeof operator !== 'string' || other === undefined || left === null || right === null) return
  const between = tree.textOf({ start: left.end, end: right.start })
  const start = left.end + Buffer.byteLength(between.slice(0, between.indexOf(operator)))
  replace(start, start + operator.length, other)
}

function replaceCondition(tree: SyntaxTree, node: object, replace: Replace): void {
  const condition = tree.spanOf(memberOf(node, 'test'))
  if (condition === null) return
  replace(condition.start, condition.end, 'true')
  replace(condition.start, condition.end, 'false')
}

function isCall(expression: unknown): boolean {
  const type = memberOf(expression, 'type')
  return type === 'CallExpression' || (type === 'AwaitExpression' && isCall(memberOf(expression, 'argument')))
}

/** Chooses mutants at random (a linear congruential generator), the same ones for the same seed. */
function sample(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  let state = seed
  const keyed = mutants.map((mutant) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return { mutant, key: state }
  })
  return keyed
    .toSorted((left, right) => left.key - right.key)
    .slice(0, count)
    .map(({ mutant }) => mutant)
}

/** A copy of the project, and the tests to run in it. */
interface Copy {
  readonly directory: string
  readonly tests: readonly string[]
}

/** Returns true if a test fails with the mutant, or if the tests take longer than `limitMs`. */
async function isKilled(copy: Copy, mutant: Mutant, limitMs: number): Promise<boolean> {
  const path = join(copy.directory, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutant.source)
  try {
    return !(await passes(copy, limitMs))
  } finally {
    writeFileSync(path, original)
  }
}

/** Runs the tests until the first failure. A run that takes longer than `limitMs` counts as failed. Default: no limit. */
async function passes({ directory, tests }: Copy, limitMs?: number): Promise<boolean> {
  const arguments_ = [
    'vitest',
    'run',
    '--bail=1',
    '--reporter=dot',
    '--project=promises',
    '--project=http',
    '--project=units',
    ...tests,
  ]
  const child = spawn('npx', arguments_, { cwd: directory, stdio: 'ignore', timeout: limitMs })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  child.on('exit', (code) => resolve(code === 0))
  return promise
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rooms: { type: 'string', default: ROOMS },
      sample: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: 'Infinity' },
      tests: { type: 'string', default: TESTS },
    },
  })
  const endsAt = Date.now() + Number(values.minutes) * 60_000
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-mutants-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  execFileSync('git', ['clone', '--quiet', '.', directory])
  symlinkSync(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'))
  const isSource = { cwd: directory, exclude: ['**/*.test.ts'] }
  const files = values.rooms.split(',').flatMap((room) => globSync(`src/${room}/**/*.ts`, isSource))
  const all = files.flatMap((file) => listMutants(file, readFileSync(join(directory, file), 'utf8')))
  const copy = { directory, tests: values.tests.split(',') }
  const startedAt = performance.now()
  // Without this, tests that are always red would kill every mutant.
  if (!(await passes(copy))) throw new Error('The tests are red without a mutant: fix them first.')
  const limitMs = Math.ceil(HANGS_AFTER * (performance.now() - startedAt))
  let [tried, killed] = [0, 0]
  for (const mutant of sample(all, Number(values.sample), Number(values.seed))) {
    if (Date.now() > endsAt) break
    tried++
    if (await isKilled(copy, mutant, limitMs)) killed++
    else console.log(`survived: ${mutant.file}:${mutant.line} ${mutant.description}`)
  }
  console.log(`${killed} of ${tried} mutants killed (of ${all.length} possible ones)`)
  if (tried === 0) process.exitCode = 1
}
