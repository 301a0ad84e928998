/*
 * Which tests carry which requirements of ASVS 5.0. A test carries a requirement if its name, or the name of its group, has
 * the id: `(ASVS 7.2.4)`. `scripts/write-asvs.ts` writes docs/asvs.md from it, and `scripts/check-asvs.ts` compares them.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENTED, DUTIES, NOT_APPLICABLE, NOT_MET } from './asvs-statements.ts'
import { memberOf, type Node, parseTree } from './syntax-tree.ts'

/** A requirement of docs/asvs-5.csv. */
export interface Requirement {
  readonly id: string
  readonly level: string
  /** Number and title: `V7 Session Management`. */
  readonly chapter: string
  readonly text: string
}

/** A test or a group of tests that carries requirements. */
export interface Carrier {
  readonly file: string
  /** Without the ids. */
  readonly name: string
  readonly ids: readonly string[]
}

/** A requirement with what meets it. */
export interface Row extends Requirement {
  readonly kind: 'tested' | 'documented' | 'duty' | 'not met' | 'does not apply' | 'unanswered'
  /** What docs/asvs.md says about it, in Markdown. */
  readonly answer: string
}

const IDS = /ASVS (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*)/g
const SUFFIX = / \([^()]*ASVS [^()]*\)/
const STATEMENTS = { documented: DOCUMENTED, duty: DUTIES, 'not met': NOT_MET, 'does not apply': NOT_APPLICABLE }

/** Reads the requirements that apply to an authentication server. */
export function readRequirements(csv: string): Requirement[] {
  const [, ...lines] = csv.trim().split('\n')
  return lines.map((line) => {
    const [id = '', level = '', chapter = '', text = ''] = splitRow(line)
    return { id, level, chapter, text }
  })
}

function splitRow(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

/** Lists the ids that a text names. */
export function listIds(text: string): string[] {
  return [...text.matchAll(IDS)].flatMap(([, ids = '']) => ids.split(', '))
}

/** Lists the tests of a file whose names have ids. */
export function listCarriers(file: string, source: string): Carrier[] {
  if (!source.includes('ASVS ')) return []
  const found: Carrier[] = []
  const tree = parseTree(source)
  tree.visit((node) => {
    if (node.type !== 'CallExpression') return
    const callee = tree.spanOf(node.callee)
    if (callee === null || !/^(?:test|describe)\b/.test(tree.textOf(callee))) return
    const text = nameOf(node)
    const ids = listIds(text)
    if (ids.length > 0) found.push({ file, name: text.replace(SUFFIX, ''), ids })
  })
  return found
}

/** Returns the name that a call gives to a test; an empty text if it has none. */
function nameOf(call: Node): string {
  const [first] = Array.isArray(call.arguments) ? (call.arguments as unknown[]) : []
  const argument = memberOf(first, 'expression')
  if (memberOf(argument, 'type') === 'StringLiteral') return String(memberOf(argument, 'value'))
  const parts = memberOf(argument, 'quasis')
  return Array.isArray(parts) ? parts.map((part) => String(memberOf(part, 'cooked'))).join('…') : ''
}

/** Lists the tests of the project whose names have ids, in the order of their files. */
export function readCarriers(): Carrier[] {
  const files = globSync(['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts', 'test/storage/contract*.ts']).sort()
  return files.flatMap((file) => listCarriers(file, readFileSync(file, 'utf8')))
}

/** Answers every requirement with the tests that carry it, or with its statement. */
export function answerAll(requirements: readonly Requirement[], carriers: readonly Carrier[]): Row[] {
  return requirements.map((requirement) => {
    const own = carriers.filter(({ ids }) => ids.includes(requirement.id))
    if (own.length > 0) return { ...requirement, kind: 'tested', answer: own.map(toLink).join('<br>') }
    return { ...requirement, ...findStatement(requirement.id) }
  })
}

function toLink({ file, name }: Carrier): string {
  return `[${name.replaceAll('|', '\\|').replaceAll(/[[\]<>]/g, '\\$&')}](../${file})`
}

function findStatement(id: string): Pick<Row, 'kind' | 'answer'> {
  const page = DOCUMENTED[id]
  if (page !== undefined)
    return { kind: 'documented', answer: `[${page[0].replace('../', '')}](${page[0]}): ${page[1]}` }
  if (DUTIES[id] !== undefined) return { kind: 'duty', answer: `The application's duty: ${DUTIES[id]}` }
  if (NOT_MET[id] !== undefined) return { kind: 'not met', answer: `**Not met:** ${NOT_MET[id]}` }
  if (NOT_APPLICABLE[id] !== undefined)
    return { kind: 'does not apply', answer: `Does not apply: ${NOT_APPLICABLE[id]}` }
  return { kind: 'unanswered', answer: '' }
}

/** Finds ids that no list knows, requirements without an answer or with two, and pages that do not exist. */
export function findProblems(requirements: readonly Requirement[], carriers: readonly Carrier[]): string[] {
  const known = new Set(requirements.map(({ id }) => id))
  const tested = new Map(carriers.flatMap(({ ids, file, name }) => ids.map((id) => [id, `${file} "${name}"`] as const)))
  const stated = Object.entries(STATEMENTS).flatMap(([kind, list]) =>
    Object.keys(list).map((id) => [id, kind] as const),
  )
  const unknown = [...tested, ...stated].filter(([id]) => !known.has(id))
  const twice = stated.filter(([id], index) => stated.findIndex(([other]) => other === id) !== index)
  return [
    ...unknown.map(([id, where]) => `${id} is not in docs/asvs-5.csv: ${where}`),
    ...stated
      .filter(([id]) => tested.has(id))
      .map(([id, kind]) => `${id} is ${kind}, but ${tested.get(id)} carries it`),
    ...twice.map(([id, kind]) => `${id} has two statements, one of them "${kind}"`),
    ...answerAll(requirements, carriers)
      .filter(({ kind }) => kind === 'unanswered')
      .map(({ id, text }) => `${id} has no test and no statement: ${text}`),
    ...Object.entries(DOCUMENTED)
      .filter(([, [page]]) => !existsSync(join('docs', page)))
      .map(([id, [page]]) => `${id} links to docs/${page}, which does not exist`),
  ]
}
