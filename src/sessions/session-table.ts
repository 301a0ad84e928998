/*
 * Verified sessions in memory, packed (docs/decisions/0019): one array of numbers contains the six times of each session,
 * sessions share equal values (user, methods, user agent), and a principal is created only when it is read.
 * Tested by session-table.test.ts, against a plain map as the model by session-table-model.test.ts, and against the hit rate
 * of LRU by session-table-hits.test.ts.
 */
import type { TokenDigest } from '../crypto/token.ts'
import { createBoundedMap } from '../kernel/bounded-map.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Method, Session, SessionPrincipal, User } from '../kernel/principal.ts'
import { createSlots } from './slots.ts'

/** A limited number of verified sessions, by the digest of their token. */
export interface SessionTable {
  /** Returns the session with the latest data of its user, also if that data came with another session of the user. */
  get(digest: TokenDigest): SessionPrincipal | undefined
  /** Stores a session, or replaces its older copy. If the table is full, it evicts a session that was not used recently. */
  put(digest: TokenDigest, principal: SessionPrincipal): void
  /** Removes one session of the user, or all of them if `id` is null. */
  remove(userId: UserId, id: SessionId | null): void
  clear(): void
  readonly size: number
}

/** A user and the first row in the list of the user's sessions. */
interface Owner {
  user: User
  first: Row | undefined
}

interface Row {
  readonly digest: TokenDigest
  readonly owner: Owner
  readonly id: SessionId
  readonly methods: readonly Method[]
  readonly remembered: boolean
  readonly ip: string | null
  readonly userAgent: string | null
  /** Position of the times of the session. */
  readonly slot: number
  /** The next row of the same user. */
  next: Row | undefined
}

const TIMES = 6
/** Sessions that have room at first. Few services fill a table, and creating the room for all would take milliseconds. */
const FIRST_ROOM = 1_000
/** Number of values that are kept for sharing. */
const MAX_SHARED = 1_000

/**
 * Creates an empty table.
 * @param maxSessions maximum number of sessions in the table, at least 1.
 */
export function createSessionTable(maxSessions: number): SessionTable {
  const rows = new Map<TokenDigest, Row>()
  const owners = new Map<UserId, Owner>()
  const slots = createSlots(maxSessions)
  const inSlot: (Row | undefined)[] = []
  let room = Math.min(FIRST_ROOM, maxSessions)
  let times = new Float64Array(room * TIMES)
  const shareText = createSharing<string>()
  const shareMethods = createSharing<readonly Method[]>()

  function drop(row: Row): void {
    rows.delete(row.digest)
    inSlot[row.slot] = undefined
    unlink(owners, row)
  }

  function remove(row: Row): void {
    drop(row)
    slots.free(row.slot)
  }

  function evict(slot: number): void {
    const row = inSlot[slot]
    if (row !== undefined) drop(row)
  }

  function makeRoom(slot: number): void {
    if (slot < room) return
    room = Math.min(room * 2, maxSessions)
    const larger = new Float64Array(room * TIMES)
    larger.set(times)
    times = larger
  }

  const table: SessionTable = {
    get size() {
      return rows.size
    },
    get(digest) {
      const row = rows.get(digest)
      if (row === undefined) return undefined
      slots.markUsed(row.slot)
      return toPrincipal(row, times)
    },
    put(digest, { user, session }) {
      table.remove(user.id, session.id)
      const older = rows.get(digest)
      if (older !== undefined) remove(older)
      const slot = slots.take(evict)
      makeRoom(slot)
      const { id, remembered, client } = session
      const methods = shareMethods(JSON.stringify(session.methods), session.methods)
      const userAgent = client.userAgent && shareText(client.userAgent, client.userAgent)
      const owner = ownerOf(owners, user)
      const row: Row = { digest, owner, id, methods, remembered, ip: client.ip, userAgent, slot, next: owner.first }
      owner.first = row
      inSlot[slot] = row
      rows.set(digest, row)
      writeTimes(times, slot, session)
    },
    remove(userId, id) {
      for (let row = owners.get(userId)?.first; row !== undefined; row = row.next) {
        if (id === null || row.id === id) remove(row)
      }
    },
    clear() {
      rows.clear()
      owners.clear()
      slots.clear()
      inSlot.length = 0
    },
  }
  return table
}

function ownerOf(owners: Map<UserId, Owner>, user: User): Owner {
  const known = owners.get(user.id)
  if (known !== undefined) {
    known.user = user // newer than the copy in the table
    return known
  }
  const owner: Owner = { user, first: undefined }
  owners.set(user.id, owner)
  return owner
}

function unlink(owners: Map<UserId, Owner>, row: Row): void {
  const { owner } = row
  if (owner.first === row) {
    owner.first = row.next
    if (owner.first === undefined) owners.delete(owner.user.id)
    return
  }
  let before = owner.first
  while (before !== undefined && before.next !== row) before = before.next
  if (before !== undefined) before.next = row.next
}

function writeTimes(times: Float64Array, slot: number, session: Session): void {
  const start = slot * TIMES
  times[start] = session.createdAt
  times[start + 1] = session.lastSeenAt
  times[start + 2] = session.expiresAt
  times[start + 3] = session.idleExpiresAt
  times[start + 4] = session.authenticatedAt
  times[start + 5] = session.cookieSentAt
}

function toPrincipal(row: Row, times: Float64Array): SessionPrincipal {
  const { user } = row.owner
  const start = row.slot * TIMES
  const session: Session = {
    id: row.id,
    userId: user.id,
    // `writeTimes` wrote all six times of the slot.
    createdAt: times[start] as number,
    lastSeenAt: times[start + 1] as number,
    expiresAt: times[start + 2] as number,
    idleExpiresAt: times[start + 3] as number,
    authenticatedAt: times[start + 4] as number,
    methods: row.methods,
    remembered: row.remembered,
    cookieSentAt: times[start + 5] as number,
    client: { ip: row.ip, userAgent: row.userAgent },
  }
  return { kind: 'session', user, session, scopes: null }
}

/** Returns the same value for the same text, so that equal values share memory. */
function createSharing<Value>(): (text: string, value: Value) => Value {
  const shared = createBoundedMap<string, Value>(MAX_SHARED)
  return (text, value) => {
    const known = shared.get(text)
    if (known === undefined) shared.set(text, value)
    return known ?? value
  }
}
