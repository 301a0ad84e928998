/*
 * Strict JSON for request bodies (RFC 8259, RFC 7493): a member that occurs twice is refused, because two readers of
 * the same text could use different values. JSON.parse keeps the last value and reports nothing. Therefore a text that
 * is valid JSON is scanned again for the names of its members. Proven by strict-json.test.ts.
 */
import { Refusal } from '../kernel/refusal.ts'

/**
 * Parses JSON.
 * @throws Refusal `malformed_body` if the text is malformed or an object has a member twice.
 */
export function parseStrictJson(text: string): unknown {
  const value = parse(text)
  if (hasDuplicateMember(text)) throw malformed('An object has the same member twice.')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The body is not valid JSON.')
  }
}

function malformed(detail: string): Refusal {
  return new Refusal('malformed_body', { detail })
}

/**
 * Matches a string, or one of the characters that structure objects and arrays. In valid JSON every string ends; the last
 * parts are optional because an expression that cannot fail takes linear time.
 */
const LEXEMES = /"(?:\\.?|[^"\\])*"?|[{}[\],:]/gs

/** Returns true if an object has a member twice. The text must be valid JSON. */
function hasDuplicateMember(json: string): boolean {
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [lexeme] of json.matchAll(LEXEMES)) {
    if (lexeme === '{') open.push(new Set())
    else if (lexeme === '[') open.push(null)
    else if (lexeme === '}' || lexeme === ']') open.pop()
    else if (lexeme === ':') {
      const name = JSON.parse(last) as string // the lexeme before a colon is a member's name
      const names = open.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
    last = lexeme
  }
  return false
}
