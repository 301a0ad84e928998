/** Returns a text that differs in one character. Default: the last one. */
export function altered(text: string, index: number = text.length - 1): string {
  return `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`
}
