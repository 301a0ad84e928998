import { setImmediate as letOthersRun } from 'node:timers/promises'

/** 1,000 rounds of MD5 or SHA-512 over a short password take about 3 to 5 ms. */
const ROUNDS_PER_TURN = 1_000

/**
 * Runs a chain of short hashes, for schemes that Node cannot compute asynchronously. The chain runs on the event loop, but
 * pauses every 1,000 rounds, so that other requests wait about 5 ms and not for the whole chain.
 */
export async function runRounds(rounds: number, run: (round: number) => void): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % ROUNDS_PER_TURN === 0) await letOthersRun()
    run(round)
  }
}
