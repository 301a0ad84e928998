/*
 * The export of an account is as long as its history, which its owner can make as long as they like. So its lists are read
 * page by page while the client reads the answer, one export of a user runs at a time, and a user may start a few an hour
 * (CWE-400, CWE-770).
 */
import { z } from 'zod'
import type { AuditStore } from '../audit/store.ts'
import { type Clock, toIsoTime } from '../kernel/clock.ts'
import type { ExportPart } from '../kernel/feature.ts'
import type { UserId } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refusal.ts'
import { takeExportBudget } from '../throttle/other-tries.ts'
import { THROTTLE_REFUSALS } from '../throttle/refusals.ts'
import type { Caller, Throttle } from '../throttle/throttle.ts'
import type { AccountExportJson } from './wire.ts'

/** Dependencies of `exportUser`. */
export interface ExportDeps {
  readonly audit: AuditStore
  readonly clock: Clock
  readonly throttle: Throttle
  readonly report: (error: unknown) => void
  /** The parts of all features. */
  readonly exportParts: readonly ExportPart[]
  /** The users whose export is being sent. */
  readonly exporting: Set<UserId>
}

const RETRY_AFTER_SECONDS = 10

/** Builds the schema of the export, with the members of all parts. */
export function userExportSchema(parts: readonly ExportPart[]): z.ZodType<AccountExportJson> {
  const members = Object.assign({}, ...parts.map(({ shape }) => shape)) as Record<string, z.ZodType>
  // The part of accounts is one of them. test/client/wire.test.ts compares all parts with the types of the client.
  return z
    .object({ exportedAt: z.iso.datetime(), ...members })
    .meta({ id: 'UserExport' }) as unknown as z.ZodType<AccountExportJson>
}

/**
 * Starts an export of everything that is stored about a user, except what proves their identity (GDPR article 15).
 * @returns the parts of the JSON text. End them with `return` if the client does not read them all.
 * @throws Refusal `not_found` if the user does not exist; `too_many_requests` if an export of the user is running, or if the
 *   budget of the user is used up.
 */
export async function exportUser(deps: ExportDeps, id: UserId, caller: Caller): Promise<AsyncIterator<string>> {
  const { audit, exporting } = deps
  if (exporting.has(id)) {
    const detail = 'An export of your account is running. Read its answer to the end first.'
    throw new Refusal(THROTTLE_REFUSALS.too_many_requests, { detail, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }
  exporting.add(id)
  try {
    await takeExportBudget(deps.throttle, caller, id)
    const members = await collectMembers(deps, id)
    await audit.write({ events: [caller.stamp({ type: 'user.exported', userId: id })] })
    return endingWith(writeJson(members), () => exporting.delete(id), deps.report)
  } catch (error) {
    exporting.delete(id)
    throw error
  }
}

async function collectMembers({ clock, exportParts }: ExportDeps, id: UserId): Promise<Record<string, unknown>> {
  const members: Record<string, unknown> = { exportedAt: toIsoTime(clock()) }
  for (const part of exportParts) {
    const collected = await part.collect(id)
    if (collected === null) throw new Refusal('not_found')
    Object.assign(members, collected)
  }
  return members
}

/** Yields an object as JSON. A member that is an iterable of pages becomes an array. */
async function* writeJson(members: Readonly<Record<string, unknown>>): AsyncGenerator<string> {
  let before = '{'
  for (const [name, value] of Object.entries(members)) {
    yield `${before}${JSON.stringify(name)}:`
    before = ','
    if (isPaged(value)) yield* writeArray(value)
    else yield JSON.stringify(value)
  }
  yield '}'
}

async function* writeArray(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '['
  for await (const page of pages) {
    if (page.length === 0) continue
    yield before + page.map((item) => JSON.stringify(item)).join(',')
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

function isPaged(value: unknown): value is AsyncIterable<readonly unknown[]> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Calls `onEnd` when the parts end, fail, or are not read to their end. A generator that never began would not notice. */
function endingWith(
  parts: AsyncGenerator<string>,
  onEnd: () => void,
  report: (error: unknown) => void,
): AsyncIterator<string> {
  return {
    async next() {
      try {
        const part = await parts.next()
        if (part.done) onEnd()
        return part
      } catch (error) {
        onEnd()
        report(error)
        throw error
      }
    },
    async return() {
      onEnd()
      return parts.return(undefined)
    },
  }
}
