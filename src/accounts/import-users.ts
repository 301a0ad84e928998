/*
 * Imports the users of another system. Lines are read one at a time and stored in batches of one transaction each, so
 * an import of any length needs little memory. If an import was killed, run it again: it skips existing users, never
 * changes them, and continues with the rest.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { describeHash } from '../crypto/foreign-hash.ts'
import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import type { InvitationMoves } from '../invitations/move-invitations.ts'
import type { ImportedInvitation } from '../invitations/moved-invitation.ts'
import { acceptArgument, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import { BATCH } from '../kernel/in-batches.ts'
import type { FieldError } from '../kernel/refusal.ts'
import { functionSchema } from '../kernel/setting-schemas.ts'
import type { AccountEvent } from './events.ts'
import { parseImportLine } from './import-line.ts'
import type { ImportedUser, ImportLine } from './import-types.ts'
import type { MovedUser, UserStore } from './store.ts'

/** Dependencies of `importUsers`. */
export interface ImportUsersDeps {
  readonly users: UserStore
  readonly invitationMoves: InvitationMoves
  /** Returns whether the service has the secret that sealed a TOTP secret. */
  readonly opensTotp: (sealedSecret: string) => boolean
  readonly hasher: PasswordHasher
  readonly clock: Clock
}

/** A line that did not create a user. */
export interface SkippedLine {
  /** Counted from 1. */
  readonly line: number
  /** `existing`: a user already has the address, perhaps from an earlier line, or can still take it back. */
  readonly outcome: 'refused' | 'existing'
  /** The problems of the line, or a note on which user or line has the address. Values are never repeated. */
  readonly problems: readonly FieldError[]
}

/** Progress of an import. */
export interface ImportProgress {
  /** Lines read so far, including blank lines. */
  readonly lines: number
  /** Users created; in a dry run, users that would be created. */
  readonly created: number
  /** Lines whose address already had a user. */
  readonly existing: number
  /** Lines that were refused. */
  readonly refusedCount: number
}

/** Result of an import. */
export interface ImportResult extends ImportProgress {
  /** The first 1,000 refused lines; `onSkipped` receives all of them. */
  readonly refused: readonly SkippedLine[]
}

/** Options of an import. */
export interface ImportOptions {
  /** Reports what the import would do, and stores nothing. Default false. */
  readonly dryRun?: boolean
  /** Called after every 500 lines and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Called for every line that does not create a user. */
  readonly onSkipped?: (skipped: SkippedLine) => void
}

/** Lines of JSON, or the objects that they describe. */
export type ImportLines = Iterable<string | ImportLine> | AsyncIterable<string | ImportLine>

/** Lines between two reports of progress. */
const PROGRESS_LINES = 500
const MAX_REFUSED_KEPT = 1_000
const TAKEN: FieldError = {
  pointer: '#/email',
  detail: 'A user already has this address or id, or can still take the address back. That user was not changed.',
}
const INVITED: FieldError = { pointer: '#/invitation/tokenHash', detail: 'This invitation exists already.' }
const OTHER_SECRETS: FieldError = {
  pointer: '#/totp/sealedSecret',
  detail: 'Was sealed with a secret that is not in LATCHKEY_SECRETS.',
}

/** A text is a list of characters, and bytes are a list of numbers: neither is a list of lines. */
const linesSchema = z.custom<ImportLines>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !ArrayBuffer.isView(value) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
  'the lines must be a list, such as an array or a generator, of lines of JSON or of objects',
)

const importOptionsSchema = strictMembers({
  dryRun: booleanSchema.optional(),
  onProgress: functionSchema<NonNullable<ImportOptions['onProgress']>>().optional(),
  onSkipped: functionSchema<NonNullable<ImportOptions['onSkipped']>>().optional(),
})

/** A user of a batch, with the number of their line. */
interface BatchEntry extends MovedUser {
  readonly line: number
}

/**
 * Imports users.
 * @throws Error that names the package to install if the hashes of a scheme cannot be verified here; Refusal
 *   `unavailable`. Users imported before the error stay; the same import can be run again and continues after them.
 */
export async function importUsers(
  deps: ImportUsersDeps,
  lines: ImportLines,
  options: ImportOptions,
  stamp: Stamp<AccountEvent>,
): Promise<ImportResult> {
  acceptArgument(linesSchema, lines)
  const { dryRun = false, onProgress, onSkipped } = acceptArgument(importOptionsSchema, options)
  const tally = createTally(onSkipped)
  const requireVerifiable = createSchemeCheck(deps.hasher)
  const store = dryRun ? createDryRun(deps) : createBatchStore(deps, stamp)
  let batch: BatchEntry[] = []
  const lineOf = new Map<string, number>() // by email address and by id, within the batch

  async function flush(): Promise<void> {
    const entries = batch
    batch = []
    lineOf.clear()
    const created = new Set(entries.length === 0 ? [] : await store(entries))
    for (const { user, line } of entries) {
      if (created.has(user.id)) tally.created()
      else tally.skipped({ line, outcome: 'existing', problems: [TAKEN] })
    }
    await nextTurn() // lets other requests run between two batches
  }

  async function takeInvitation(invitation: ImportedInvitation, line: number): Promise<void> {
    if (await deps.invitationMoves.isThere(invitation)) {
      return tally.skipped({ line, outcome: 'existing', problems: [INVITED] })
    }
    if (!dryRun) await deps.invitationMoves.add(invitation)
    tally.created()
  }

  async function take(text: string | ImportLine, line: number): Promise<void> {
    if (typeof text === 'string' && text.trim() === '') return
    const outcome = parseImportLine(text, deps.clock())
    if (!outcome.ok) return tally.skipped({ line, outcome: 'refused', problems: outcome.problems })
    if (outcome.user === null) return takeInvitation(outcome.invitation, line)
    await takeUser(outcome.user, line)
  }

  function findTwin(user: Record<'email' | 'id', string>): FieldError | null {
    const [email, id] = [lineOf.get(user.email), lineOf.get(user.id)]
    if (email !== undefined) return { pointer: '#/email', detail: `Line ${email} has this address already.` }
    return id === undefined ? null : { pointer: '#/id', detail: `Line ${id} has this id already.` }
  }

  async function takeUser(imported: ImportedUser, line: number): Promise<void> {
    const { passwordHash, totp } = imported
    if (totp !== undefined && !deps.opensTotp(totp.sealedSecret)) {
      return tally.skipped({ line, outcome: 'refused', problems: [OTHER_SECRETS] })
    }
    const moved = toMovedUser(imported, deps.clock)
    const { id, email } = moved.user
    const twin = findTwin({ email, id })
    if (twin !== null) return tally.skipped({ line, outcome: 'existing', problems: [twin] })
    if (passwordHash !== null) await requireVerifiable(passwordHash)
    batch.push({ ...moved, line })
    lineOf.set(email, line).set(id, line)
  }

  for await (const text of lines) {
    const line = tally.read()
    await take(text, line)
    if (line % BATCH === 0) await flush()
    if (line % PROGRESS_LINES === 0) onProgress?.(tally.progress())
  }
  await flush()
  onProgress?.(tally.progress())
  return tally.result()
}

/** Returns the record of a user. The id contains the time of creation, so that imported users sort by it. */
function toMovedUser({ email, name, emailVerified, ...rest }: ImportedUser, clock: Clock): MovedUser {
  const now = clock()
  const createdAt = rest.createdAt ?? now
  const id = rest.id ?? newUserId(() => createdAt)
  return { ...rest, user: { id, email, emailVerified, name, createdAt, disabledAt: rest.disabled ? now : null } }
}

/** Stores a batch in one transaction; returns the ids of the users that did not exist before. */
type StoreBatch = (entries: readonly BatchEntry[]) => Promise<readonly UserId[]>

function createBatchStore({ users, clock }: ImportUsersDeps, stamp: Stamp<AccountEvent>): StoreBatch {
  return (entries) =>
    users.importMany(entries, clock(), (ids) => ({
      events: ids.map((userId) => stamp({ type: 'user.created', userId })),
    }))
}

/** Returns a store that only remembers the addresses, so that a repeated address is found as in a real import. */
function createDryRun({ users, clock }: ImportUsersDeps): StoreBatch {
  const seen = new Set<EmailAddress>()
  return async (entries) => {
    const emails = entries.map(({ user }) => user.email)
    const taken = new Set(await users.findTaken(emails, clock()))
    const free = entries.filter(({ user: { email } }) => !taken.has(email) && !seen.has(email))
    for (const { user } of free) seen.add(user.email)
    return free.map(({ user }) => user.id)
  }
}

/** Verifies the first hash of every scheme, so that a missing package is reported now and not at the first login. */
function createSchemeCheck(hasher: PasswordHasher): (hash: PasswordHash) => Promise<void> {
  const verifiable = new Set<string | null>()
  return async (hash) => {
    const scheme = describeHash(hash)
    if (verifiable.has(scheme)) return
    await hasher.verify('not the password', hash)
    verifiable.add(scheme)
  }
}

interface Tally {
  /** Counts a line; returns its number. */
  read(): number
  created(): void
  skipped(line: SkippedLine): void
  progress(): ImportProgress
  result(): ImportResult
}

function createTally(onSkipped: ImportOptions['onSkipped']): Tally {
  const refused: SkippedLine[] = []
  const count = { lines: 0, created: 0, existing: 0, refusedCount: 0 }
  return {
    read: () => ++count.lines,
    created() {
      count.created++
    },
    skipped(line) {
      count[line.outcome === 'refused' ? 'refusedCount' : 'existing']++
      if (line.outcome === 'refused' && refused.length < MAX_REFUSED_KEPT) refused.push(line)
      onSkipped?.(line)
    },
    progress: () => ({ ...count }),
    result: () => ({ ...count, refused }),
  }
}
