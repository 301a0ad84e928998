/**
 * A setup that takes away a protection or turns off a feature. Nothing failed: `onError` receives it so that an operator reads
 * it. Its `name` is `Warning`.
 */
export class Warning extends Error {
  override readonly name = 'Warning'
}
