import { setImmediate as letOthersRun } from 'node:timers/promises'

/** About 3 to 5 ms of MD5 or SHA-512 over a short password. */
const ROUNDS_PER_TURN = 1_000

/**
 * Runs a chain of short hashes, for the schemes that no asynchronous function of Node computes. It stays on the event
 * loop but gives way every 1,000 rounds, so that other requests wait for some 5 ms, never for the whole chain.
 */
export async function runRounds(rounds: number, run: (round: number) => void): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % ROUNDS_PER_TURN === 0) await letOthersRun()
    run(round)
  }
}
