import { z } from 'zod'
import { defineCall } from '../../kernel/define-calls.ts'
import { defineRoute, type Route } from '../../kernel/route.ts'
import type { RelyingParty } from './relying-party.ts'

/**
 * Returns the route that tells browsers which other origins may use the passkeys (WebAuthn Level 3, section 5.11). It is at the root of the
 * server. Nothing if only the origin of the service may.
 */
export function relatedOriginRoutes({ origins }: RelyingParty): readonly Route[] {
  if (origins.length < 2) return []
  const route = defineRoute(defineCall('GET /.well-known/webauthn', { name: 'passkeys.origins', access: 'anyone' }), {
    summary: 'List the origins whose pages may use the passkeys (WebAuthn Level 3)',
    answers: { 200: z.object({ origins: z.array(z.string()) }) },
    handle: async () => ({ status: 200, body: { origins: [...origins] } }),
  })
  return [{ ...route, isAtRoot: true }]
}
