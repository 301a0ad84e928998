/*
 * The storage of the engine. Sessions and users are ours; a grant is a row of ours with the id of one authorization; all other
 * artifacts are rows under the SHA-256 of their secret. The changes of a request are collected and stored in one transaction
 * when the engine is done, so a code is used up if and only if its tokens exist.
 */
import type { Adapter } from 'oidc-provider'
import { Refusal } from '../../kernel/refusal.ts'
import type { AdapterDeps, ModelAdapter } from './adapter-deps.ts'
import { clientAdapter } from './client-adapter.ts'
import { currentScope } from './engine-scope.ts'
import { grantAdapter } from './grant-adapter.ts'
import { interactionAdapter } from './interaction-adapter.ts'
import { sessionAdapter } from './session-adapter.ts'
import { tokenAdapter } from './token-adapter.ts'

/** Returns the factory of adapters, one for each model of the engine. */
export function createAdapters(deps: AdapterDeps): (model: string) => Adapter {
  return (model) => reportFailures(createModelAdapter(deps, model))
}

function createModelAdapter(deps: AdapterDeps, model: string): ModelAdapter {
  if (model === 'Client') return clientAdapter(deps)
  if (model === 'Session') return sessionAdapter()
  if (model === 'Grant') return grantAdapter(deps)
  if (model === 'Interaction') return interactionAdapter(deps)
  return tokenAdapter(deps, model)
}

/** Keeps a refusal of the storage, because the engine answers every error with `server_error`. */
function reportFailures(adapter: ModelAdapter): Adapter {
  const guard =
    <Args extends readonly unknown[], Result>(method: ((...args: Args) => Promise<Result>) | undefined) =>
    async (...args: Args): Promise<Result | undefined> => {
      try {
        return await method?.(...args)
      } catch (error) {
        if (error instanceof Refusal) currentScope().failure = error
        throw error
      }
    }
  return {
    upsert: guard(adapter.upsert),
    find: guard(adapter.find),
    findByUid: guard(adapter.findByUid),
    findByUserCode: guard(adapter.findByUserCode),
    consume: guard(adapter.consume),
    destroy: guard(adapter.destroy),
    revokeByGrantId: guard(adapter.revokeByGrantId),
  }
}
