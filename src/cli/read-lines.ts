import { isUtf8 } from 'node:buffer'

const NEWLINE = 0x0a
const NO_TEXT = '\ufffd'

/**
 * The lines of a file, read as they are asked for. One that is no UTF-8 becomes U+FFFD, and one that is too long is cut,
 * so that whoever reads it refuses it: no line takes more memory than that.
 * @param maxBytes of a line; what is longer comes cut, and still over that length when it is ASCII.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let bytes = 0
  const add = (part: Buffer): void => {
    const kept = part.subarray(0, Math.max(0, maxBytes - bytes))
    if (kept.byteLength > 0) parts.push(kept)
    bytes += kept.byteLength
  }
  const take = (): string => {
    const line = Buffer.concat(parts)
    parts = []
    bytes = 0
    return isUtf8(line) ? line.toString() : NO_TEXT
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      yield take()
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  if (bytes > 0) yield take()
}
