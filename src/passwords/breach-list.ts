/*
 * Checks passwords against a list of breached passwords by k-anonymity, in the protocol of Have I Been Pwned's range
 * API. The list receives the first five hex digits of the password's SHA-1, and answers with every ending that it
 * knows. Off unless configured.
 */
import { createHash } from 'node:crypto'

/** Returns true if the password was in a breach. Throws an Error if the list does not answer properly. */
export type IsBreached = (password: string) => Promise<boolean>

const PREFIX_LENGTH = 5
const DEADLINE_MS = 2_000
/** An answer has about 2,000 lines with padding; the real list sends less than 100 KB. */
const MAX_ANSWER_BYTES = 1_000_000

/**
 * Creates the check.
 * @param url the URL of the range API, such as `https://api.pwnedpasswords.com/range/`; the prefix is appended.
 */
export function createBreachList(url: string): IsBreached {
  const base = url.endsWith('/') ? url : `${url}/`
  return async (password) => {
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
    const answer = await fetch(`${base}${digest.slice(0, PREFIX_LENGTH)}`, {
      headers: { 'Add-Padding': 'true', Accept: 'text/plain' },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    if (!answer.ok) throw new Error(`the list of breached passwords answered with status ${answer.status}`)
    return hasEnding(await readText(answer), digest.slice(PREFIX_LENGTH))
  }
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_ANSWER_BYTES) throw new Error('the list of breached passwords sent too many bytes')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}

/** Returns true if the answer contains the ending. Lines are `<35 hex digits>:<count>`; a count of 0 is padding. */
function hasEnding(text: string, ending: string): boolean {
  return text.split(/\r?\n/).some((line) => {
    const [known = '', count = '0'] = line.split(':')
    return known.toUpperCase() === ending && Number(count) > 0
  })
}
