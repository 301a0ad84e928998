import { skipCbor } from './bounded-cbor.ts'

/** Lengths in authenticator data (WebAuthn Level 3, section 6.1). */
const HEADER_BYTES = 37
const AAGUID_BYTES = 16
const LENGTH_BYTES = 2
const FLAGS_AT = 32
const HAS_CREDENTIAL = 0x40
const HAS_EXTENSIONS = 0x80

/** The longest id of a credential (WebAuthn Level 3, section 4). */
export const MAX_CREDENTIAL_ID_BYTES = 1_023
/** An RSA key of 4,096 bits needs 530 bytes. */
const MAX_KEY_BYTES = 1_024

/**
 * Checks the structure of authenticator data before the library decodes it: bounded CBOR, and nothing after it.
 * @throws Error with the problem.
 */
export function requireBoundedData(data: Buffer): void {
  if (data.length < HEADER_BYTES) throw new Error('authenticator data is too short')
  const flags = data.readUInt8(FLAGS_AT)
  let end = HEADER_BYTES
  if (flags & HAS_CREDENTIAL) end = skipCredential(data)
  if (flags & HAS_EXTENSIONS) end = skipCbor(data, end)
  if (end !== data.length) throw new Error('authenticator data has more bytes than it needs')
}

function skipCredential(data: Buffer): number {
  const lengthAt = HEADER_BYTES + AAGUID_BYTES
  if (data.length < lengthAt + LENGTH_BYTES) throw new Error('authenticator data is too short')
  const idLength = data.readUInt16BE(lengthAt)
  if (idLength === 0 || idLength > MAX_CREDENTIAL_ID_BYTES) throw new Error('credential id of a wrong length')
  const keyAt = lengthAt + LENGTH_BYTES + idLength
  const end = skipCbor(data, keyAt)
  if (end - keyAt > MAX_KEY_BYTES) throw new Error('public key is too long')
  return end
}
