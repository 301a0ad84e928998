import { z } from 'zod'
import { toIsoTime } from '../kernel/clock.ts'
import type { AccessKind } from '../kernel/feature.ts'
import { parseId } from '../kernel/ids.ts'
import { nextPageShape, PAGE_QUERY, readPage } from '../kernel/read-page.ts'
import { defineRoute, HEAD_ANSWER, type Route } from '../kernel/route.ts'
import { type KindOfAccess, listAccess } from './list-access.ts'
import { type AccessJson, accessCalls } from './wire.ts'

const accessJsonSchema = z
  .object({
    kind: z
      .string()
      .meta({ description: 'A word such as session or access_token. Accept words that you do not know.' }),
    id: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    current: z.boolean(),
  })
  .meta({ id: 'Access' }) satisfies z.ZodType<AccessJson>

/** Routes that list and revoke everything that opens the account. */
export function accessRoutes(kinds: readonly AccessKind[]): Route[] {
  return [
    defineRoute(accessCalls['GET /access'], {
      summary: 'List everything that opens your account',
      query: PAGE_QUERY,
      numbers: ['limit'],
      answers: { 200: z.object({ access: z.array(accessJsonSchema), ...nextPageShape }) },
      async handle(request) {
        const page = readPage(request, parseId)
        if (request.isHead) return HEAD_ANSWER
        const { items, rest } = await listAccess(kinds, request.principal, page)
        return { status: 200, body: { access: items.map(toAccessJson), ...rest } }
      },
    }),

    defineRoute(accessCalls['DELETE /access'], {
      summary: 'Revoke everything that opens your account, except the current session',
      answers: { 200: z.object({ revoked: z.int().nonnegative() }) },
      async handle({ principal, stamp }) {
        let revoked = 0
        for (const { revokeOthers } of kinds) revoked += await revokeOthers(principal, stamp)
        return { status: 200, body: { revoked } }
      },
    }),
  ]
}

function toAccessJson({ kind, id, name, createdAt, lastUsedAt, isCurrent = false }: KindOfAccess): AccessJson {
  return {
    kind,
    id,
    name,
    createdAt: toIsoTime(createdAt),
    lastUsedAt: lastUsedAt === null ? null : toIsoTime(lastUsedAt),
    current: isCurrent,
  }
}
