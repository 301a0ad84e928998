/** Returns a number with its English noun: "1 hour", "24 hours". */
export function quantity(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
