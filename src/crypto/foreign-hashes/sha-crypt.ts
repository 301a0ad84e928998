/*
 * SHA-crypt, `$5$` and `$6$` of Linux (Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", version 0.6).
 * This is our own code, because the packages for Node compute all rounds at once: up to a second on the event loop.
 * Here the usual 5,000 rounds take about 20 ms, in parts of 4 ms.
 */
import { hash as digest } from 'node:crypto'
import { equalInConstantTime } from '../signature.ts'
import { toCrypt64 } from './crypt64.ts'
import type { ForeignHash } from './foreign-scheme.ts'
import { runRounds } from './run-rounds.ts'

type Algorithm = 'sha256' | 'sha512'

const SHA_CRYPT = /^\$([56])\$(?:rounds=([1-9]\d{3,8})\$)?([./0-9A-Za-z]{0,16})\$([./0-9A-Za-z]+)$/
const DEFAULT_ROUNDS = 5_000
/** Takes about 2 s, in parts. The default of passlib is 656,000. */
const MAX_ROUNDS = 1_000_000
const HASH_CHARACTERS: Record<Algorithm, number> = { sha256: 43, sha512: 86 }
/** The limit of libxcrypt (CRYPT_MAX_PASSPHRASE_SIZE). A longer password makes every round slower. */
const MAX_PASSWORD_BYTES = 511

/** Reads `$6$<salt>$<hash>` and `$6$rounds=<1,000 to 1,000,000>$<salt>$<hash>`, and both forms with 5. */
export function readShaCrypt(hash: string): ForeignHash | null {
  const [, id = '', roundsText = String(DEFAULT_ROUNDS), salt = '', expected = ''] = SHA_CRYPT.exec(hash) ?? []
  const algorithm = id === '5' ? 'sha256' : 'sha512'
  const rounds = Number(roundsText)
  if (id === '' || rounds > MAX_ROUNDS || expected.length !== HASH_CHARACTERS[algorithm]) return null
  return {
    scheme: `${algorithm}-crypt`,
    async verify(text) {
      const password = Buffer.from(text)
      if (password.byteLength > MAX_PASSWORD_BYTES) return false
      const computed = await computeShaCrypt(algorithm, { password, salt: Buffer.from(salt), rounds })
      return equalInConstantTime(Buffer.from(computed), Buffer.from(expected))
    },
  }
}

interface ShaCryptInput {
  readonly password: Buffer
  readonly salt: Buffer
  readonly rounds: number
}

async function computeShaCrypt(algorithm: Algorithm, { password, salt, rounds }: ShaCryptInput): Promise<string> {
  const sha = (...parts: Buffer[]): Buffer => digest(algorithm, Buffer.concat(parts), 'buffer')
  const none = Buffer.alloc(0)
  let chain = sha(...firstParts(password, salt, sha(password, salt, password)))
  const p = repeatTo(password.byteLength, sha(...Array<Buffer>(password.byteLength).fill(password)))
  const s = repeatTo(salt.byteLength, sha(...Array<Buffer>(16 + chain.readUInt8(0)).fill(salt)))
  await runRounds(rounds, (round) => {
    const isOdd = round % 2 === 1
    chain = sha(isOdd ? p : chain, round % 3 === 0 ? none : s, round % 7 === 0 ? none : p, isOdd ? chain : p)
  })
  return algorithm === 'sha512' ? encodeSha512(chain) : encodeSha256(chain)
}

/** Steps 1 to 12 of the specification: password, salt, and digest B repeated according to the length of the password. */
function firstParts(password: Buffer, salt: Buffer, digestB: Buffer): Buffer[] {
  const parts = [password, salt, repeatTo(password.byteLength, digestB)]
  for (let bits = password.byteLength; bits > 0; bits >>= 1) parts.push(bits & 1 ? digestB : password)
  return parts
}

function repeatTo(byteLength: number, pattern: Buffer): Buffer {
  return Buffer.alloc(byteLength, pattern)
}

/** Encodes three bytes as four characters. Step 22 fixes which three; their order rotates by one from group to group. */
function encodeSha512(bytes: Buffer): string {
  let text = ''
  for (let [a, b, c] = [0, 21, 42]; text.length < 84; [a, b, c] = [b + 1, c + 1, a + 1]) {
    text += toCrypt64(bigEndian(bytes, [a, b, c]), 4)
  }
  return text + toCrypt64(bigEndian(bytes, [63]), 2)
}

function encodeSha256(bytes: Buffer): string {
  let text = ''
  for (let [a, b, c] = [0, 10, 20]; text.length < 40; [a, b, c] = [c + 1, a + 1, b + 1]) {
    text += toCrypt64(bigEndian(bytes, [a, b, c]), 4)
  }
  return text + toCrypt64(bigEndian(bytes, [31, 30]), 3)
}

function bigEndian(bytes: Buffer, places: readonly number[]): number {
  return places.reduce((value, place) => (value << 8) | bytes.readUInt8(place), 0)
}
