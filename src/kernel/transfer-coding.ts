import { Refusal } from './refusal.ts'

/**
 * Refuses a body in a transfer coding other than `chunked` (RFC 9112 section 6.1): the bytes that Node.js passes on are still
 * encoded.
 * @param header value of Transfer-Encoding, with its lines joined by commas.
 * @throws Refusal `unsupported_transfer_coding`.
 */
export function refuseTransferCoding(header: string | null | undefined): void {
  if (header != null && header.trim().toLowerCase() !== 'chunked') throw new Refusal('unsupported_transfer_coding')
}
