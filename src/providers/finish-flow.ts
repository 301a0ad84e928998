import type { Sealer } from '../crypto/sealed-text.ts'
import type { Clock } from '../kernel/clock.ts'
import { FLOW_MS, type FlowState, findFlow, hashOfFlow } from './flow-state.ts'
import type { ProviderAccount } from './provider-client.ts'
import { providerRefused } from './provider-errors.ts'
import type { ReadyProvider } from './provider-list.ts'
import type { SpentProof } from './store.ts'

/** Dependencies of `requireFlow` and `finishFlow`. */
export interface FinishFlowDeps {
  readonly flowSealer: Sealer
  readonly clock: Clock
}

/** The answer of a provider, and the cookies that came with it. */
export interface FlowAnswer {
  readonly parameters: URLSearchParams
  readonly sealed: readonly string[]
}

/**
 * Finds the round that an answer ends.
 * @throws Refusal `provider_refused` if this browser did not begin it with this provider in the last 10 minutes.
 */
export function requireFlow(
  { flowSealer, clock }: FinishFlowDeps,
  { provider }: ReadyProvider,
  { parameters, sealed }: FlowAnswer,
): FlowState {
  const state = parameters.get('state') ?? ''
  const flow = findFlow(flowSealer, sealed, { provider: provider.id, state, now: clock() })
  if (flow === null) throw providerRefused('this browser did not begin this round')
  return flow
}

/** A round that ended with a proven account. The caller spends the proof. */
export interface FinishedFlow {
  readonly account: ProviderAccount
  readonly proof: SpentProof
}

/**
 * Exchanges the answer of a provider for the account that it proves.
 * @throws Refusal `provider_denied`, `provider_refused`, `provider_unavailable`.
 */
export async function finishFlow(
  { client }: ReadyProvider,
  flow: FlowState,
  parameters: URLSearchParams,
): Promise<FinishedFlow> {
  const account = await client.finish({ flow, parameters })
  return { account, proof: { hash: hashOfFlow(flow), expiresAt: flow.startedAt + FLOW_MS } }
}
