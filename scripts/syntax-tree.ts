/* A syntax tree of TypeScript with the positions of its nodes, for the scripts that measure or change the code. */
import { parseSync } from '@swc/core'

/** A node of the syntax tree, of which only `type` is certain. */
export interface Node {
  readonly type: string
  readonly [member: string]: unknown
}

/** Positions in bytes, as the parser counts them. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A parsed source file. */
export interface SyntaxTree extends Span {
  /** Calls `found` for every node, outer ones first. */
  visit(found: (node: Node, parents: readonly Node[]) => void): void
  spanOf(node: unknown): Span | null
  textOf(span: Span): string
  /** Line of a position, from 1. */
  lineOf(position: number): number
}

/** The parser counts bytes from a number of its own, so a first statement marks the beginning. */
const MARK = '0;'

/** Parses TypeScript. Throws the parser's error if the source is not valid. */
export function parseTree(source: string): SyntaxTree {
  const bytes = Buffer.from(`${MARK}${source.replace(/^#!/, '//')}`)
  const root = toNode(parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2024' }))
  const first = spanOf(root)?.start ?? 0
  const textOf = ({ start, end }: Span): string => bytes.subarray(start - first, end - first).toString()
  return {
    start: first + MARK.length,
    end: first + bytes.length,
    visit: (found) => visit(root, [], found),
    spanOf,
    textOf,
    lineOf: (position) => textOf({ start: first, end: position }).split('\n').length,
  }
}

/** Returns a member of a value of any type; undefined if there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function visit(node: Node, parents: readonly Node[], found: (node: Node, parents: readonly Node[]) => void): void {
  found(node, parents)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      // Arguments are wrapped in an object without a type.
      const inner = toMaybeNode(child) ?? toMaybeNode(memberOf(child, 'expression'))
      if (inner !== null) visit(inner, [...parents, node], found)
    }
  }
}

function spanOf(node: unknown): Span | null {
  const span = memberOf(node, 'span')
  const [start, end] = [memberOf(span, 'start'), memberOf(span, 'end')]
  return typeof start === 'number' && typeof end === 'number' ? { start, end } : null
}

function toMaybeNode(value: unknown): Node | null {
  return typeof memberOf(value, 'type') === 'string' ? toNode(value) : null
}

function toNode(value: unknown): Node {
  return value as Node // the parser gives every node a type
}
