import { z } from 'zod'
import { defineCall, json } from '../../kernel/define-calls.ts'
import { labelSchema } from '../../kernel/label-schema.ts'
import { defineRoute, type Route } from '../../kernel/route.ts'
import { ownerOf } from '../factor-owner.ts'
import { removePasskey } from './remove-passkey.ts'
import { renamePasskey } from './rename-passkey.ts'
import type { PasskeyRouteDeps } from './routes.ts'

const PAGE = '/account/security/passkey'
const DONE = '/account/security'

/** Routes of the forms that rename and remove a passkey. */
export function passkeyFormRoutes(deps: PasskeyRouteDeps): Route[] {
  return [
    defineRoute(
      defineCall('POST /account/rename-passkey', {
        name: 'forms.renamePasskey',
        access: 'fresh_session',
        body: json<{ readonly id: string; readonly name: string }>(),
      }),
      {
        summary: 'Form of the account page: rename one of your passkeys',
        body: z.strictObject({ id: z.string(), name: labelSchema }),
        answers: {},
        form: { only: true, page: PAGE, done: DONE, notice: 'passkeys.renamed', keeps: ['id'] },
        async handle({ body, principal, sessionToken }) {
          await renamePasskey(deps, await ownerOf(deps, principal, sessionToken()), body)
          return { status: 204 }
        },
      },
    ),

    defineRoute(
      defineCall('POST /account/remove-passkey', {
        name: 'forms.removePasskey',
        access: 'fresh_session',
        body: json<{ readonly id: string }>(),
        refusals: ['last_credential'],
      }),
      {
        summary: 'Form of the account page: remove one of your passkeys',
        body: z.strictObject({ id: z.string() }),
        answers: {},
        form: { only: true, page: PAGE, done: DONE, notice: 'passkeys.removed', keeps: ['id'] },
        async handle({ body: { id }, principal, sessionToken, stamp }) {
          await removePasskey(deps, await ownerOf(deps, principal, sessionToken()), id, stamp)
          return { status: 204 }
        },
      },
    ),
  ]
}
