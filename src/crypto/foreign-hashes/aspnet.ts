import { decodeBase64 } from './base64.ts'
import type { ForeignHash } from './foreign-scheme.ts'
import { type Pbkdf2Digest, pbkdf2Hash } from './pbkdf2.ts'

const ASPNET = /^A[A-Za-z0-9+/]{40,}={0,2}$/
const ASPNET_V2 = 0
const ASPNET_V3 = 1
const V2_BYTES = 1 + 16 + 32
const V2_ITERATIONS = 1_000
/** Digests by their number in the enum KeyDerivationPrf of ASP.NET. */
const ASPNET_DIGESTS: readonly Pbkdf2Digest[] = ['sha1', 'sha256', 'sha512']
const V3_HEADER_BYTES = 13

/**
 * Reads the base64 that ASP.NET Core Identity stores (PasswordHasher.cs). Version 3 is 0x01; then digest, iterations and
 * salt length as big-endian 32-bit numbers; then salt and key. Version 2 is 0x00, 16 bytes of salt and 32 bytes of key,
 * made with HMAC-SHA-1 and 1,000 iterations.
 */
export function readAspNetIdentity(hash: string): ForeignHash | null {
  const bytes = ASPNET.test(hash) ? decodeBase64(hash) : null
  if (bytes?.[0] === ASPNET_V2) return readVersion2(bytes)
  if (bytes?.[0] === ASPNET_V3) return readVersion3(bytes)
  return null
}

function readVersion2(bytes: Buffer): ForeignHash | null {
  if (bytes.byteLength !== V2_BYTES) return null
  const [salt, key] = [bytes.subarray(1, 17), bytes.subarray(17)]
  return pbkdf2Hash(' (ASP.NET Identity 2)', { digest: 'sha1', iterations: V2_ITERATIONS, salt, key })
}

function readVersion3(bytes: Buffer): ForeignHash | null {
  if (bytes.byteLength < V3_HEADER_BYTES) return null
  const digest = ASPNET_DIGESTS[bytes.readUInt32BE(1)]
  const saltEnd = V3_HEADER_BYTES + bytes.readUInt32BE(9)
  if (digest === undefined) return null
  return pbkdf2Hash(' (ASP.NET Identity 3)', {
    digest,
    iterations: bytes.readUInt32BE(5),
    salt: bytes.subarray(V3_HEADER_BYTES, saltEnd),
    key: bytes.subarray(saltEnd), // empty, and therefore refused, if the given salt length exceeds the rest
  })
}
