import { Refusal as KernelRefusal, type RefusalOptions } from '../kernel/refusal.ts'
import { REFUSALS, type RefusalCode } from './refusals.ts'

const CODES = Object.keys(REFUSALS)
const OPTIONS = Object.keys({
  detail: true,
  reason: true,
  errors: true,
  retryAfterSeconds: true,
  allow: true,
  throttled: true,
  scopes: true,
  maxAgeSeconds: true,
  acrValues: true,
  cause: true,
} satisfies Record<keyof RefusalOptions, true>)

/**
 * An expected "no", with a stable code, an HTTP status and a public text. `toResponse` turns it into an answer.
 *
 * The rooms throw the class of the kernel, which cannot know the codes of all rooms. Applications get this subclass,
 * whose `code` is a `RefusalCode`. `instanceof` tests for the class of the kernel, so that it is true for every refusal
 * that Latchkey throws.
 */
export class Refusal extends KernelRefusal {
  declare readonly code: RefusalCode

  /**
   * @param code which refusal; it decides the status, the title and, by default, the detail.
   * @throws TypeError if the code or an option does not exist.
   */
  constructor(code: RefusalCode, options: RefusalOptions = {}) {
    if (!Object.hasOwn(REFUSALS, code)) throw new TypeError(`Refusal: code must be one of ${CODES.join(', ')}`)
    const unknown = Object.keys(options).filter((name) => !OPTIONS.includes(name))
    if (unknown.length > 0) {
      throw new TypeError(
        `Refusal: ${unknown.join(', ')}: there is no such option; the options are ${OPTIONS.join(', ')}`,
      )
    }
    super(REFUSALS[code], options)
  }

  /** Returns true for every refusal that Latchkey throws. A subclass defined by an application is tested as usual. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class on the right of `instanceof`
    return this === Refusal ? value instanceof KernelRefusal : super[Symbol.hasInstance](value)
  }
}
