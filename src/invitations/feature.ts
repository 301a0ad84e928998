import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { createInvitationMoves, type InvitationMoves } from './move-invitations.ts'
import { createServerSideInvitations, type ServerSideInvitations } from './server-side-invitations.ts'

/** Creates the invitations feature: the application creates invitations, and a registration uses them. */
export function invitations(
  core: Core,
): Feature & { readonly api: ServerSideInvitations; readonly moves: InvitationMoves } {
  const deps = { ...core, ...core.stores }
  return {
    name: 'invitations',
    words: [],
    routes: [],
    moves: createInvitationMoves(deps, core.stamp),
    api: createServerSideInvitations(deps, core.stamp),
  }
}
