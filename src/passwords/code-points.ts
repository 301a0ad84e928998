/** Returns the number of Unicode code points of a text. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
