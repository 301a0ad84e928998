/* Keys from the secrets of the service, by HKDF-SHA256 (RFC 5869): one per secret and purpose. Nothing is stored. */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** One value per secret, the newest first. */
export type PerSecret<Value> = readonly [newest: Value, ...older: Value[]]

const KEY_BYTES = 32

/**
 * Derives the keys of a purpose, for HMAC-SHA256 or AES-256. A key object takes 10 µs less at each use than the same bytes.
 * @param secrets newest first.
 * @param purpose separates keys: what one purpose made, another does not accept.
 */
export function deriveKeys(secrets: readonly Uint8Array[], purpose: string): PerSecret<KeyObject> {
  const [newest, ...older] = deriveSeeds(secrets, purpose)
  return [createSecretKey(newest), ...older.map((seed) => createSecretKey(seed))]
}

/**
 * Derives bytes from which a private key is made.
 * @param salt separates generations of keys. It need not be secret. Default none.
 * @param length in bytes. Default 32.
 */
export function deriveSeeds(
  secrets: readonly Uint8Array[],
  purpose: string,
  { salt = '', length = KEY_BYTES }: { readonly salt?: string; readonly length?: number } = {},
): PerSecret<Buffer> {
  const [newest, ...older] = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `latchkey ${purpose}`, length)),
  )
  if (newest === undefined) throw new TypeError('There must be at least one secret')
  return [newest, ...older]
}
