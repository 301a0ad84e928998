/*
 * The length of functions: `node scripts/check-functions.ts` prints the longest ten of `src` and fails if a function is
 * longer than MAX_LINES. A route table, which only returns an array of routes, may be longer. The functions that create an
 * instance are together at most MAX_ROOT_LINES.
 */
import { globSync, readFileSync } from 'node:fs'
import { memberOf, type Node, parseTree } from './syntax-tree.ts'

const MAX_LINES = 80
const MAX_ROOT_LINES = 119
const ROOT_FILE = 'src/latchkey.ts'
const ROOT_FUNCTIONS = ['createLatchkey', 'assembleLatchkey']
const LONGEST = 10
const LEAST_FUNCTIONS = 1_000
const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
])

/** A function of a file. */
export interface FunctionLength {
  readonly file: string
  readonly name: string
  /** Line of its first character, from 1. */
  readonly line: number
  readonly lines: number
  readonly isRouteTable: boolean
}

/** Lists the functions of a source file. A function inside another one counts in both. */
export function listFunctions(file: string, source: string): FunctionLength[] {
  const tree = parseTree(source)
  const found: FunctionLength[] = []
  tree.visit((node, parents) => {
    const span = tree.spanOf(node)
    if (span === null || !FUNCTIONS.has(node.type)) return
    const parent = parents.at(-1)
    const name = nameOf(node) ?? (parent === undefined ? null : nameOf(parent)) ?? 'unnamed'
    const line = tree.lineOf(span.start)
    found.push({ file, name, line, lines: tree.lineOf(span.end) - line + 1, isRouteTable: isRouteTable(node) })
  })
  return found
}

function nameOf(node: Node): string | null {
  for (const member of ['identifier', 'key', 'id']) {
    const value = memberOf(node[member], 'value')
    if (typeof value === 'string') return value
  }
  return null
}

/** True if the body is one `return` of an array whose elements are calls of `defineRoute`. */
function isRouteTable(node: Node): boolean {
  const statements = memberOf(node.body, 'stmts')
  const [only, ...others] = Array.isArray(statements) ? statements : []
  if (others.length > 0 || memberOf(only, 'type') !== 'ReturnStatement') return false
  const elements = memberOf(memberOf(only, 'argument'), 'elements')
  if (!Array.isArray(elements)) return false
  return elements.every((element) => {
    const callee = memberOf(memberOf(element, 'expression'), 'callee')
    return memberOf(callee, 'value') === 'defineRoute'
  })
}

/** Returns the functions that are too long, as text. */
export function findTooLong(functions: readonly FunctionLength[]): string[] {
  const long = functions.filter(({ lines, isRouteTable }) => lines > MAX_LINES && !isRouteTable)
  const root = functions.filter(({ file, name }) => file === ROOT_FILE && ROOT_FUNCTIONS.includes(name))
  const rootLines = root.reduce((sum, { lines }) => sum + lines, 0)
  return [
    ...long.map((each) => `${describe(each)}: more than ${MAX_LINES} lines`),
    ...(rootLines > MAX_ROOT_LINES ? [`${ROOT_FILE} creates an instance in more than ${MAX_ROOT_LINES} lines`] : []),
  ]
}

function describe({ file, name, line, lines, isRouteTable }: FunctionLength): string {
  return `${String(lines).padStart(4)} ${file}:${line} ${name}${isRouteTable ? ' (route table)' : ''}`
}

if (import.meta.main) {
  const files = globSync('src/**/*.ts', { exclude: ['**/*.test.ts'] })
  const functions = files.flatMap((file) => listFunctions(file, readFileSync(file, 'utf8')))
  const longest = functions.toSorted((left, right) => right.lines - left.lines).slice(0, LONGEST)
  const problems = findTooLong(functions)
  if (functions.length < LEAST_FUNCTIONS)
    problems.push('The parser sees too few functions: this check would hold nothing')
  console.log(`${functions.length} functions; the longest ${LONGEST}:`)
  for (const each of longest) console.log(describe(each))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
