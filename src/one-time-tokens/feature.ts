import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { sweepOneTimeTokens } from './sweep-one-time-tokens.ts'

/** Creates the one-time tokens feature: it deletes expired tokens. */
export function oneTimeTokens(core: Core): Feature {
  const deps = { ...core, ...core.stores }
  return {
    name: 'one_time_tokens',
    words: [],
    routes: [],
    jobs: [{ name: 'sweep expired one-time tokens', every: 'sweep', run: () => sweepOneTimeTokens(deps) }],
  }
}
