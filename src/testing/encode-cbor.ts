/** A value that authenticators encode. */
export type CborValue = number | string | Uint8Array | ReadonlyMap<number | string, CborValue>

const [UNSIGNED, NEGATIVE, BYTES, TEXT, MAP] = [0, 1, 2, 3, 5] as const

/** Encodes a value in CBOR (RFC 8949). */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? head(NEGATIVE, -value - 1) : head(UNSIGNED, value)
  if (typeof value === 'string') return Buffer.concat([head(TEXT, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(BYTES, value.length), value])
  const members = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)])
  return Buffer.concat([head(MAP, value.size), ...members])
}

function head(major: number, length: number): Buffer {
  const first = major << 5
  if (length < 24) return Buffer.of(first | length)
  if (length < 2 ** 8) return Buffer.of(first | 24, length)
  const long = Buffer.alloc(length < 2 ** 16 ? 3 : 5)
  long.writeUInt8(first | (long.length === 3 ? 25 : 26))
  long.writeUIntBE(length, 1, long.length - 1)
  return long
}
