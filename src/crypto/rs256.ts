/*
 * Keys for RS256 (RFC 7518 section 3.3) with 2,048 bits, for apps that know no other algorithm. They are derived from the secrets, so that
 * all nodes have the same keys and no key is stored: the secret gives the stream of candidates in which the first primes are taken
 * (FIPS 186-5 appendix A.1.3). It takes a few tenths of a second outside the event loop. Tested by signing-keys.test.ts.
 */
import { checkPrime, createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deriveSeeds } from './derive-keys.ts'
import type { SigningKey } from './signing-key.ts'

const EXPONENT = 65_537n
const PRIME_BYTES = 128
const SEED_BYTES = 32
/** The two highest bits are set, so that the product has exactly 2,048 bits. */
const HIGHEST_BITS = 0xc0
/** Candidates that are looked at in one turn of the event loop. */
const CANDIDATES_IN_A_TURN = 50
const isPrime = promisify(checkPrime)
const SMALL_PRIMES_BELOW = 2_000

/**
 * Derives one key per secret.
 * @param secrets newest first; the first key signs.
 * @param purpose separates keys: what one purpose signs does not verify for another.
 * @param salt separates generations of keys. It need not be secret.
 */
export async function deriveRs256Keys(
  secrets: readonly Uint8Array[],
  purpose: string,
  salt: string,
): Promise<SigningKey[]> {
  return Promise.all(
    deriveSeeds(secrets, `${purpose} RS256`, { salt, length: SEED_BYTES }).map(async (seed) => {
      const [p, q] = await Promise.all([findPrime(seed, 'p'), findPrime(seed, 'q')])
      return toKey(p, q)
    }),
  )
}

async function findPrime(seed: Uint8Array, label: string): Promise<bigint> {
  const smallPrimes = productOfSmallPrimes(SMALL_PRIMES_BELOW)
  for (let counter = 0; ; counter++) {
    if (counter % CANDIDATES_IN_A_TURN === 0) await setImmediate()
    const bytes = createHash('shake256', { outputLength: PRIME_BYTES })
      .update(seed)
      .update(`${label} ${counter}`)
      .digest()
    bytes[0] = (bytes[0] ?? 0) | HIGHEST_BITS
    const last = PRIME_BYTES - 1
    bytes[last] = (bytes[last] ?? 0) | 1
    const candidate = BigInt(`0x${bytes.toString('hex')}`)
    const mayBePrime = gcd(candidate, smallPrimes) === 1n && (candidate - 1n) % EXPONENT !== 0n
    if (mayBePrime && (await isPrime(candidate))) return candidate
  }
}

function toKey(p: bigint, q: bigint): SigningKey {
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n)
  const d = inverse(EXPONENT, lambda)
  const n = encode(p * q)
  const e = encode(EXPONENT)
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n,
      e,
      d: encode(d),
      p: encode(p),
      q: encode(q),
      dp: encode(d % (p - 1n)),
      dq: encode(d % (q - 1n)),
      qi: encode(inverse(q, p)),
    },
  })
  return toSigningKey(privateKey, { n, e })
}

function toSigningKey(privateKey: KeyObject, { n, e }: { readonly n: string; readonly e: string }): SigningKey {
  const publicKey = createPublicKey(privateKey)
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n })) // in this order (RFC 7638 section 3.3)
    .digest('base64url')
  return {
    publicJwk: { kty: 'RSA', n, e, kid, alg: 'RS256', use: 'sig' },
    publicKey,
    sign: (data) => sign('sha256', data, privateKey),
    isSignature: (data, signature) => verify('sha256', data, publicKey, signature),
  }
}

function encode(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
}

function gcd(left: bigint, right: bigint): bigint {
  return right === 0n ? left : gcd(right, left % right)
}

/** Returns the inverse of a number by the extended algorithm of Euclid. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [value % modulus, modulus]
  let [result, step] = [1n, 0n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[result, step] = [step, result - quotient * step]
  }
  return ((result % modulus) + modulus) % modulus
}

function productOfSmallPrimes(limit: number): bigint {
  const primes: number[] = []
  for (let odd = 3; odd < limit; odd += 2) if (primes.every((prime) => odd % prime !== 0)) primes.push(odd)
  return primes.reduce((product, prime) => product * BigInt(prime), 1n)
}
