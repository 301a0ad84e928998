import { createHmac, type KeyObject } from 'node:crypto'
import { deriveKeys } from '../../crypto/derive-keys.ts'
import { equalInConstantTime } from '../../crypto/signature.ts'
import { hashToken, newToken, parseToken, type Token, type TokenHash } from '../../crypto/token.ts'

/** Prefix of the token in the link of an email. */
const PREFIX = 'lke'
const DIGITS = 8
/** Bytes of the HMAC that make the code. 2^48 is so far above 10^8 that every code is equally likely. */
const CODE_BYTES = 6

/** The answer to an email: the code, typed in the browser that asked, or the token of the link. */
export type EmailAnswer = { readonly code: string } | { readonly token: string }

/** Creates and checks what the email of a login contains. */
export interface EmailSecrets {
  /** Returns a new token of 256 random bits. Only its hash is stored: it is the challenge of the attempt. */
  create(): { readonly token: Token; readonly challengeHash: TokenHash }
  /** Returns the code that belongs to a challenge: eight digits. */
  codeOf(challengeHash: string): string
  /** Returns true if the answer belongs to the challenge. Null: the challenge was taken, so no answer does. */
  matches(challengeHash: string | null, answer: EmailAnswer): boolean
  /** Returns the challenge of a token, or null if the token is malformed. */
  challengeOf(token: string): TokenHash | null
}

/**
 * Creates the secrets of emails. The code is an HMAC of the challenge with a key of the service. It has 10^8 values only, so a reader
 * of the database must not be able to find it by trying.
 * @param secrets newest first; codes made with any of them are accepted.
 */
export function createEmailSecrets(secrets: readonly Uint8Array[]): EmailSecrets {
  const keys = deriveKeys(secrets, 'email code')
  const [newest] = keys
  const challengeOf = (text: string): TokenHash | null => {
    const token = parseToken(PREFIX, text)
    return token === null ? null : hashToken(token)
  }
  return {
    create() {
      const token = newToken(PREFIX)
      return { token, challengeHash: hashToken(token) }
    },
    codeOf: (challengeHash) => codeWith(newest, challengeHash),
    challengeOf,
    matches(challengeHash, answer) {
      const asked = challengeHash ?? ''
      const isRight =
        'token' in answer
          ? challengeOf(answer.token) === asked
          : keys.map((key) => isSame(codeWith(key, asked), answer.code.replaceAll(/[\s-]/g, ''))).includes(true)
      return isRight && challengeHash !== null
    },
  }
}

function codeWith(key: KeyObject, challengeHash: string): string {
  const number = createHmac('sha256', key).update(challengeHash).digest().readUIntBE(0, CODE_BYTES)
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

function isSame(left: string, right: string): boolean {
  return equalInConstantTime(Buffer.from(left), Buffer.from(right))
}
