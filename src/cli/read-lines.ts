import { isUtf8 } from 'node:buffer'

const NEWLINE = 0x0a
const NO_TEXT = '\ufffd'

/**
 * Yields the lines of a file as they are requested. A line that is not UTF-8 becomes U+FFFD. A line that is too long is
 * cut to `maxBytes`, which limits the memory per line; the caller refuses both.
 * @param maxBytes length at which a line is cut. It must exceed the longest line that the caller accepts, so that a cut
 *   line is refused.
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
