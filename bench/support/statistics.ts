/** The median of several rounds, and their range. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Returns the median; NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** Returns median, minimum and maximum. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** Returns the spread of one number over many rounds. */
export function spreadBy<Round>(rounds: readonly Round[], read: (round: Round) => number): Spread {
  return spreadOf(rounds.map(read))
}

/** Returns the ratio of two subjects, round by round, because a disturbance of a round affects both. */
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

/** Returns the value that the given percentage of values does not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}
