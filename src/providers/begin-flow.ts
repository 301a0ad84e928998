import type { Sealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import { type FlowTarget, newFlow } from './flow-state.ts'
import type { ReadyProvider } from './provider-list.ts'

/** Dependencies of `beginFlow`. */
export interface BeginFlowDeps {
  readonly flowSealer: Sealer
  readonly clock: Clock
}

/** A round that began: where the browser goes, and what it keeps. */
export interface BegunFlow {
  /** URL at the provider. */
  readonly location: string
  /** Value of the cookie. */
  readonly sealed: string
}

/**
 * Begins a round with a provider. It stores nothing here: the browser keeps the round.
 * @throws Refusal `provider_unavailable`.
 */
export async function beginFlow(
  { flowSealer, clock }: BeginFlowDeps,
  { provider, client }: ReadyProvider,
  target: FlowTarget,
): Promise<BegunFlow> {
  const flow = newFlow(provider.id, target, clock())
  return { location: await client.beginUrl(flow), sealed: flowSealer.seal(JSON.stringify(flow)) }
}
