/*
 * JSON for bodies, read strictly (RFC 8259, RFC 7493): a member that comes twice is refused, since two readers of
 * the same text could each believe another value. JSON.parse keeps the last and says nothing, so the text, once it
 * is known to be JSON, is walked for its names. Proved by strict-json.test.ts.
 */

/** Why a text is no acceptable JSON. */
export class JsonProblem extends Error {}

/** Parses JSON. Throws JsonProblem when it does not parse or an object has a member twice. */
export function parseStrictJson(text: string): unknown {
  const value = parse(text)
  if (hasDuplicateMember(text)) throw new JsonProblem('An object has the same member twice.')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JsonProblem('The body is not valid JSON.')
  }
}

/** A string, or one of the characters that give objects and arrays their shape. */
const LEXEMES = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/** Only for texts that JSON.parse took. */
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
