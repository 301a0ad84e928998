/*
 * Checks CBOR (RFC 8949) before the library decodes it: well formed, of definite length, at most 4 levels deep, at most 64 items.
 * WebAuthn needs 2 levels. The library decodes recursively and has no bounds of its own. Tested by bounded-cbor.test.ts.
 */
const MAX_DEPTH = 4
const MAX_ITEMS = 64

const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAG = 6

/** Returns the offset after the CBOR item that starts at `offset`. Throws Error if it is malformed, too deep or has too many items. */
export function skipCbor(bytes: Buffer, offset: number): number {
  const budget = { items: MAX_ITEMS }
  return skipItem(bytes, offset, { depth: MAX_DEPTH, budget })
}

interface Bounds {
  readonly depth: number
  readonly budget: { items: number }
}

function skipItem(bytes: Buffer, offset: number, { depth, budget }: Bounds): number {
  if (depth === 0) throw new Error('CBOR is nested too deep')
  if (budget.items-- === 0) throw new Error('CBOR has too many items')
  const { major, value, next } = readHead(bytes, offset)
  if (major === TAG) throw new Error('CBOR tags are not accepted')
  if (major === BYTES || major === TEXT) return requireWithin(bytes, next + value)
  if (major !== ARRAY && major !== MAP) return next
  let end = next
  for (let left = major === MAP ? 2 * value : value; left > 0; left--) {
    end = skipItem(bytes, end, { depth: depth - 1, budget })
  }
  return end
}

/** Reads the first bytes of an item: its type, and its value or length. */
function readHead(bytes: Buffer, offset: number): { major: number; value: number; next: number } {
  requireWithin(bytes, offset + 1)
  const first = bytes.readUInt8(offset)
  const [major, short] = [first >> 5, first & 0x1f]
  if (short < 24) return { major, value: short, next: offset + 1 }
  if (short > 27) throw new Error('CBOR of indefinite length is not accepted')
  const size = 2 ** (short - 24)
  const next = requireWithin(bytes, offset + 1 + size)
  const value = size === 8 ? Number(bytes.readBigUInt64BE(offset + 1)) : bytes.readUIntBE(offset + 1, size)
  return { major, value, next }
}

function requireWithin(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw new Error('CBOR ends too early')
  return end
}
