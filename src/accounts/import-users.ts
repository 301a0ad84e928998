/*
 * Users of another system, many of them. Lines are taken as they come, in batches of one transaction each, so that an
 * import of any length needs little memory, and one that was killed goes on where it was when it is run again: whoever
 * is there already is skipped, and never changed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describeHash } from '../crypto/foreign-hash.ts'
import type { PasswordHash, PasswordHasher } from '../crypto/password-hasher.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Stamp } from '../kernel/event.ts'
import { newUserId, type UserId } from '../kernel/ids.ts'
import type { FieldError } from '../kernel/refusal.ts'
import type { AccountEvent } from './events.ts'
import { type ImportedUser, type ImportUser, parseImportLine } from './import-line.ts'
import type { MovedUser, UserStore } from './store.ts'

/** What importing works with. */
export interface ImportUsersDeps {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  readonly clock: Clock
}

/** A line that made no user. */
export interface SkippedLine {
  /** Counted from 1. */
  readonly line: number
  /** `existing`: a user has the address already, perhaps by an earlier line, or may still take it back. */
  readonly outcome: 'refused' | 'existing'
  /** What is wrong with the line, or who has the address. Values are never repeated. */
  readonly problems: readonly FieldError[]
}

/** How far an import is. */
export interface ImportProgress {
  /** Lines read, blank ones too. */
  readonly lines: number
  /** Users made; in a dry run, those that would be. */
  readonly created: number
  /** Lines whose address had a user already. */
  readonly existing: number
  /** Lines that were refused. */
  readonly refusedCount: number
}

/** What came of an import. */
export interface ImportResult extends ImportProgress {
  /** The first 1,000 lines that were refused; `onSkipped` hears of all. */
  readonly refused: readonly SkippedLine[]
}

/** How an import is done. */
export interface ImportOptions {
  /** Tells what would be done, and does nothing. Default false. */
  readonly dryRun?: boolean
  /** Told after every 500 lines and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void
  /** Told of every line that made no user. */
  readonly onSkipped?: (skipped: SkippedLine) => void
}

/** Lines of JSON, or what they would say. */
export type ImportLines = Iterable<string | ImportUser> | AsyncIterable<string | ImportUser>

const BATCH_LINES = 500
const MAX_REFUSED_KEPT = 1_000
const TAKEN: FieldError = {
  pointer: '#/email',
  detail: 'A user has this address already, or may still take it back; they were not changed.',
}

/** A user of a batch and where they stood. */
interface BatchEntry extends MovedUser {
  readonly line: number
}

/**
 * Imports users.
 * @throws Error that says what to install when hashes of a scheme cannot be verified here; unavailable. What was
 *   imported until then stays, and the same import goes on from there.
 */
export async function importUsers(
  deps: ImportUsersDeps,
  lines: ImportLines,
  { dryRun = false, onProgress, onSkipped }: ImportOptions,
  stamp: Stamp<AccountEvent>,
): Promise<ImportResult> {
  const tally = createTally(onSkipped)
  const requireVerifiable = createSchemeCheck(deps.hasher)
  const store = dryRun ? createDryRun(deps) : createBatchStore(deps, stamp)
  let batch = new Map<EmailAddress, BatchEntry>()

  async function flush(): Promise<void> {
    const entries = [...batch.values()]
    batch = new Map()
    const created = new Set(entries.length === 0 ? [] : await store(entries))
    for (const { user, line } of entries) {
      if (created.has(user.id)) tally.created()
      else tally.skipped({ line, outcome: 'existing', problems: [TAKEN] })
    }
    onProgress?.(tally.progress())
    await nextTurn() // between two batches, others have theirs
  }

  async function take(text: string | ImportUser, line: number): Promise<void> {
    if (typeof text === 'string' && text.trim() === '') return
    const outcome = parseImportLine(text, deps.clock())
    if (!outcome.ok) return tally.skipped({ line, outcome: 'refused', problems: outcome.problems })
    const { email, passwordHash } = outcome.user
    const twin = batch.get(email)
    if (twin !== undefined) return tally.skipped({ line, outcome: 'existing', problems: [standsOn(twin.line)] })
    if (passwordHash !== null) await requireVerifiable(passwordHash)
    batch.set(email, { ...toMovedUser(outcome.user, deps.clock), line })
  }

  for await (const text of lines) {
    const line = tally.read()
    await take(text, line)
    if (line % BATCH_LINES === 0) await flush()
  }
  await flush()
  return tally.result()
}

function standsOn(line: number): FieldError {
  return { pointer: '#/email', detail: `Line ${line} has this address already.` }
}

/** The id has the time of the creation, so that a list of users stays in the order of theirs. */
function toMovedUser({ email, name, emailVerified, passwordHash, ...rest }: ImportedUser, clock: Clock): MovedUser {
  const now = clock()
  const createdAt = rest.createdAt ?? now
  const id = newUserId(() => createdAt)
  return { user: { id, email, emailVerified, name, createdAt, disabledAt: rest.disabled ? now : null }, passwordHash }
}

/** Stores a batch in one transaction; gives the ids of those who were not there. */
type StoreBatch = (entries: readonly BatchEntry[]) => Promise<readonly UserId[]>

function createBatchStore({ users, clock }: ImportUsersDeps, stamp: Stamp<AccountEvent>): StoreBatch {
  return (entries) =>
    users.importMany(entries, clock(), (ids) => ({
      events: ids.map((userId) => stamp({ type: 'user.created', userId })),
    }))
}

/** Remembers the addresses that it would have stored, so that one that comes again is found as it would be. */
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

/** Verifies the first hash of every scheme, so that a package that is missing shows now and not at the first login. */
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
  /** One more line; gives its number. */
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
