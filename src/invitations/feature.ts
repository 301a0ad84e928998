import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { createServerSideInvitations, type ServerSideInvitations } from './server-side-invitations.ts'

/** Invitations: created by the application, used by a registration. */
export function invitations(core: Core): Feature & { readonly api: ServerSideInvitations } {
  const deps = { ...core, ...core.stores }
  return {
    name: 'invitations',
    words: [],
    routes: [],
    api: createServerSideInvitations(deps, core.stamp),
  }
}
