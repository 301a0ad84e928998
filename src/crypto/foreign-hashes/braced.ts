/*
 * Hashes with the name of their scheme in braces, as in Spring Security (`{bcrypt}$2a$…`), Dovecot (`{BLF-CRYPT}$2y$…`)
 * and LDAP (`{CRYPT}$6$…`). We remove the name, and convert the two forms of Spring that have no other name to PHC
 * strings. Refused: `{noop}`, `{MD5}`, `{SSHA}`, `{sha256}` and all other schemes without enough stretching.
 * Tested by foreign-hash.test.ts.
 */
import { toUnpaddedBase64 } from './base64.ts'

const BRACED = /^\{([\w@.-]{1,40})\}(.+)$/s
const SPRING_SCRYPT = /^\$([0-9a-f]{1,8})\$([^$]+)\$([^$]+)$/
const HEX = /^(?:[0-9a-f]{2})+$/i

type Convert = (hash: string) => string | null

/** Spring's current encoders have a version in their names: `{scrypt@SpringSecurity_v5_8}`. */
const SPRING_5_8 = '@springsecurity_v5_8'
const asItIs: Convert = (hash) => hash

const SCHEMES: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ['bcrypt', asItIs],
  ['blf-crypt', asItIs],
  ['crypt', asItIs],
  ['sha256-crypt', asItIs],
  ['sha512-crypt', asItIs],
  ['argon2', asItIs],
  [`argon2${SPRING_5_8}`, asItIs],
  ['argon2i', asItIs],
  ['argon2id', asItIs],
  ['scrypt', fromSpringScrypt],
  [`scrypt${SPRING_5_8}`, fromSpringScrypt],
  ['pbkdf2', (hash) => fromSpringPbkdf2(hash, { digest: 'sha1', iterations: 185_000, saltBytes: 8 })],
  [`pbkdf2${SPRING_5_8}`, (hash) => fromSpringPbkdf2(hash, { digest: 'sha256', iterations: 310_000, saltBytes: 16 })],
])

/**
 * Returns a hash without the name in braces before it, in a form that the readers of hashes know. Returns null if the
 * text has no such name or an unknown one. The hash and its costs are not checked (see `describeHash`).
 */
export function fromBraced(text: string): string | null {
  const [, name = '', hash = ''] = BRACED.exec(text) ?? []
  return SCHEMES.get(name.toLowerCase())?.(hash) ?? null
}

/** Converts `$e0801$<salt>$<key>`: the hexadecimal number is the logarithm of N, r and p, the last two in a byte each. */
function fromSpringScrypt(hash: string): string | null {
  const [, costs = '', saltText = '', keyText = ''] = SPRING_SCRYPT.exec(hash) ?? []
  const [salt, key] = [toUnpaddedBase64(saltText), toUnpaddedBase64(keyText)]
  if (costs === '' || salt === null || key === null) return null
  const packed = Number.parseInt(costs, 16)
  return `$scrypt$ln=${packed >>> 16},r=${(packed >>> 8) & 0xff},p=${packed & 0xff}$${salt}$${key}`
}

interface SpringPbkdf2 {
  readonly digest: 'sha1' | 'sha256'
  readonly iterations: number
  readonly saltBytes: number
}

/** Converts salt and key, both in one hexadecimal text. The costs are those of Spring's defaults: the hash has none. */
function fromSpringPbkdf2(hash: string, { digest, iterations, saltBytes }: SpringPbkdf2): string | null {
  if (!HEX.test(hash)) return null
  const bytes = Buffer.from(hash, 'hex')
  const [salt, key] = [bytes.subarray(0, saltBytes), bytes.subarray(saltBytes)].map(
    (part) => toUnpaddedBase64(part.toString('base64')) ?? '',
  )
  return `$pbkdf2-${digest}$i=${iterations}$${salt}$${key}`
}
