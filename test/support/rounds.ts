/**
 * Returns how often a test repeats a scenario that depends on chance.
 * @param long the number for `npm run test:long`, which sets TEST_LONG.
 * @param short the number for `npm test`.
 */
export function rounds(long: number, short: number): number {
  return process.env.TEST_LONG === '1' ? long : short
}
