/*
 * Regular expressions that an attacker can slow down: `node scripts/check-expressions.ts` fails if a regular expression of
 * `src` can take more than linear time (CWE-1333), and for an expression that is built at run time, because such a one cannot be checked.
 */
import { globSync, readFileSync } from 'node:fs'
import { checkSync } from 'recheck'
import { memberOf, parseTree } from './syntax-tree.ts'

/** Fewer expressions mean that the parser does not see them. */
const LEAST_EXPRESSIONS = 80
const TIMEOUT_MS = 60_000
/** For expressions that `recheck` attacks with random texts: with one seed, every run gives the same answer. */
const SEED = 1
/** An expression without these characters repeats nothing, so it is linear. `recheck` does not know the flag `v`. */
const REPEATS = /[*+?{]/
const PROPERTY = /\\p\{[^}]*\}/gi

/** A regular expression of a file. */
export interface Expression {
  /** File and line. */
  readonly place: string
  /** Null: it is built at run time. */
  readonly pattern: string | null
  readonly flags: string
}

/** Lists the regular expressions of a source file. */
export function listExpressions(file: string, source: string): Expression[] {
  const tree = parseTree(source)
  const found: Expression[] = []
  tree.visit((node) => {
    const place = (): string => `${file}:${tree.lineOf(tree.spanOf(node)?.start ?? 0)}`
    if (node.type === 'RegExpLiteral') {
      found.push({ place: place(), pattern: String(node.pattern), flags: String(node.flags) })
    }
    if (memberOf(node.callee, 'value') === 'RegExp') found.push({ place: place(), pattern: null, flags: '' })
  })
  return found
}

/** Returns why an expression is refused; null if its time grows at most with the length of the text. */
export function findProblem({ pattern, flags }: Expression): string | null {
  if (pattern === null) return 'is built at run time: write it as a literal'
  if (!REPEATS.test(pattern.replaceAll(PROPERTY, ''))) return null
  const found = checkSync(pattern, flags, {
    timeout: TIMEOUT_MS,
    // An attack that a busy machine cuts off counts as slow.
    attackTimeout: TIMEOUT_MS,
    incubationTimeout: TIMEOUT_MS,
    randomSeed: SEED,
  })
  if (found.status === 'safe') return null
  const time = found.status === 'vulnerable' ? found.complexity.summary : 'unknown'
  return `takes more than linear time (${time}): scan the text instead, or bound the repetition`
}

if (import.meta.main) {
  const files = globSync('src/**/*.{ts,tsx}', { exclude: ['**/*.test.ts'] })
  const expressions = files.flatMap((file) => listExpressions(file, readFileSync(file, 'utf8')))
  const problems = expressions.flatMap((each) => {
    const problem = findProblem(each)
    return problem === null ? [] : [`${each.place}: /${each.pattern ?? '…'}/${each.flags} ${problem}`]
  })
  if (expressions.length < LEAST_EXPRESSIONS)
    problems.push('The parser sees too few expressions: this check would hold nothing')
  console.log(`${expressions.length} regular expressions`)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
