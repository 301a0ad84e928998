/* argon2i, argon2d and argon2id of any version as PHC strings: PHP, Django, Keycloak, Supabase, libsodium. */
import { type ParsedHashOptions, parseOptions, verify } from '@node-rs/argon2'
import { type ForeignHash, isHashLength, MAX_MEMORY_BYTES } from './foreign-scheme.ts'

const ARGON2 = /^\$(argon2(?:id|i|d))\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$/
const MAX_MEMORY_KIB = MAX_MEMORY_BYTES / 1024
/** Limit of memory times passes, 1 GiB: this takes two seconds of one core. */
const MAX_KIB_WRITTEN = 1024 * 1024
const MAX_LANES = 16

/** Reads `$argon2id$v=19$m=65536,t=4,p=1$<salt>$<hash>` with up to 256 MiB, memory times passes up to 1 GiB. */
export function readArgon2(hash: string): ForeignHash | null {
  const [, scheme = ''] = ARGON2.exec(hash) ?? []
  const costs = scheme === '' ? null : parseCosts(hash)
  if (costs === null || !isWithinBounds(costs)) return null
  return { scheme, verify: (password) => verify(hash, password) }
}

function parseCosts(hash: string): ParsedHashOptions | null {
  try {
    return parseOptions(hash)
  } catch {
    return null // malformed: `verify` uses the same parser
  }
}

function isWithinBounds({ memoryCost, timeCost, parallelism, outputLen }: ParsedHashOptions): boolean {
  return (
    memoryCost <= MAX_MEMORY_KIB &&
    memoryCost * timeCost <= MAX_KIB_WRITTEN &&
    parallelism <= MAX_LANES &&
    isHashLength(outputLen)
  )
}
