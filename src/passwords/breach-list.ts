/*
 * Checks passwords against a list of breached passwords by k-anonymity, in the protocol of Have I Been Pwned's range
 * API. The list receives the first five hex digits of the password's SHA-1, and answers with every ending that it
 * knows. Off unless configured.
 */
import { createHash } from 'node:crypto'
import { createBoundedQueue } from '../crypto/bounded-queue.ts'
import type { Clock } from '../kernel/clock.ts'

/** Returns true if the password was in a breach. Throws an Error if the list does not answer properly. */
export type IsBreached = (password: string) => Promise<boolean>

const PREFIX_LENGTH = 5
const DEADLINE_MS = 2_000
/** An answer has about 2,000 lines with padding; the real list sends less than 100 KB. */
const MAX_ANSWER_BYTES = 1_000_000
/** Requests to the list at the same time, and how many more may wait. Beyond them, a password is not checked. */
const QUEUE = { concurrency: 8, maxWaiting: 32, reason: 'too many requests to the list of breached passwords' }
/** After this many failures in a row, the list is not asked for `PAUSE_MS`. */
const FAILURES_UNTIL_PAUSE = 10
const PAUSE_MS = 10_000

/**
 * Creates the check. The number of its requests is limited (ASVS 13.1.2, CWE-770): at the same time, and while the list
 * fails.
 * @param url the URL of the range API, such as `https://api.pwnedpasswords.com/range/`; the prefix is appended.
 */
export function createBreachList(url: string, clock: Clock): IsBreached {
  const base = url.endsWith('/') ? url : `${url}/`
  const queue = createBoundedQueue(QUEUE)
  let failures = 0
  let pausedUntil = 0
  return async (password) => {
    if (clock() < pausedUntil) throw new Error('the list of breached passwords failed repeatedly and is not asked')
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase()
    return queue.run(async () => {
      try {
        const text = await fetchRange(`${base}${digest.slice(0, PREFIX_LENGTH)}`)
        failures = 0
        return hasEnding(text, digest.slice(PREFIX_LENGTH))
      } catch (error) {
        failures++
        if (failures >= FAILURES_UNTIL_PAUSE) pausedUntil = clock() + PAUSE_MS
        throw error
      }
    })
  }
}

async function fetchRange(url: string): Promise<string> {
  const answer = await fetch(url, {
    headers: { 'Add-Padding': 'true', Accept: 'text/plain' },
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
  })
  if (!answer.ok) throw new Error(`the list of breached passwords answered with status ${answer.status}`)
  return readText(answer)
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
