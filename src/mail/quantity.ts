/** Returns a number with its noun: "1 hour", "24 hours". */
export function quantity(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}
