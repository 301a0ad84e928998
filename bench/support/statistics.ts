/** The middle of what several rounds gave, and how far apart they were. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The middle value; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Median, least and most. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** One number of many rounds. */
export function spreadBy<Round>(rounds: readonly Round[], read: (round: Round) => number): Spread {
  return spreadOf(rounds.map(read))
}

/** The ratio of two subjects, round by round: what disturbs a whole round disturbs both. */
export function ratioOf<Round>(
  own: readonly Round[],
  other: readonly Round[],
  ratio: (own: Round, other: Round) => number,
): Spread {
  const pairs = own.flatMap((round, index) => {
    const partner = other[index]
    return partner === undefined ? [] : [ratio(round, partner)]
  })
  return spreadOf(pairs)
}

/** The value that so many in a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}
