/*
 * Verified sessions in memory, packed: 100,000 as objects of their own take 80 MB, in here 31. Times stand in one array of
 * numbers, what sessions have in common (their user, methods, browser) stands once, and a principal is made when asked for.
 */
import type { TokenDigest } from '../crypto/token.ts'
import type { SessionId, UserId } from '../kernel/ids.ts'
import type { Method, Session, SessionPrincipal, User } from '../kernel/principal.ts'

/** Sessions by digest of their token, so many at most. */
export interface SessionTable {
  get(digest: TokenDigest): SessionPrincipal | undefined
  /** Puts a session in the place of any older copy of it; when the table is full, one that was not used lately leaves. */
  put(digest: TokenDigest, principal: SessionPrincipal): void
  /** Removes a session of the user, or with null all of them. */
  remove(userId: UserId, id: SessionId | null): void
  clear(): void
  readonly size: number
}

/** A user, and the first row of the list of their sessions. */
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
  /** Where its times stand. */
  readonly slot: number
  /** The next one of the same user. */
  next: Row | undefined
}

const TIMES = 6
/** Texts kept for sharing; beyond it they are collected anew. */
const MAX_SHARED = 1_000

/** Makes an empty table. */
export function createSessionTable(maxSessions: number): SessionTable {
  const rows = new Map<TokenDigest, Row>()
  const owners = new Map<UserId, Owner>()
  const times = new Float64Array(maxSessions * TIMES)
  const inSlot: (Row | undefined)[] = []
  const freeSlots: number[] = []
  /** 1 for a slot that was used since the hand passed it: the hand passes once more before its session leaves. */
  const isUsed = new Uint8Array(maxSessions)
  let hand = 0
  const shareText = createSharing<string>()
  const shareMethods = createSharing<readonly Method[]>()

  function takeSlot(): number {
    const free = freeSlots.pop()
    if (free !== undefined) return free
    if (inSlot.length < maxSessions) return inSlot.push(undefined) - 1
    while (isUsed[hand] === 1) {
      isUsed[hand] = 0
      hand = (hand + 1) % maxSessions
    }
    const leaving = inSlot[hand]
    if (leaving !== undefined) drop(leaving)
    return takeSlot()
  }

  function drop(row: Row): void {
    rows.delete(row.digest)
    inSlot[row.slot] = undefined
    isUsed[row.slot] = 0
    freeSlots.push(row.slot)
    unlink(row)
  }

  function unlink(row: Row): void {
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

  function ownerOf(user: User): Owner {
    const known = owners.get(user.id)
    if (known !== undefined) {
      known.user = user // read later than the copy that is there
      return known
    }
    const owner: Owner = { user, first: undefined }
    owners.set(user.id, owner)
    return owner
  }

  function writeTimes(slot: number, session: Session): void {
    const start = slot * TIMES
    times[start] = session.createdAt
    times[start + 1] = session.lastSeenAt
    times[start + 2] = session.expiresAt
    times[start + 3] = session.idleExpiresAt
    times[start + 4] = session.authenticatedAt
    times[start + 5] = session.cookieSentAt
  }

  function toPrincipal({ owner: { user }, id, methods, remembered, ip, userAgent, slot }: Row): SessionPrincipal {
    const start = slot * TIMES
    const session: Session = {
      id,
      userId: user.id,
      // What was written there is there.
      createdAt: times[start] as number,
      lastSeenAt: times[start + 1] as number,
      expiresAt: times[start + 2] as number,
      idleExpiresAt: times[start + 3] as number,
      authenticatedAt: times[start + 4] as number,
      methods,
      remembered,
      cookieSentAt: times[start + 5] as number,
      client: { ip, userAgent },
    }
    return { kind: 'session', user, session, scopes: null }
  }

  const table: SessionTable = {
    get size() {
      return rows.size
    },
    get(digest) {
      const row = rows.get(digest)
      if (row === undefined) return undefined
      isUsed[row.slot] = 1
      return toPrincipal(row)
    },
    put(digest, { user, session }) {
      table.remove(user.id, session.id)
      const slot = takeSlot()
      const { id, remembered, client } = session
      const owner = ownerOf(user)
      const methods = shareMethods(session.methods.join(' '), session.methods)
      const userAgent = client.userAgent && shareText(client.userAgent, client.userAgent)
      const row: Row = { digest, owner, id, methods, remembered, ip: client.ip, userAgent, slot, next: owner.first }
      owner.first = row
      inSlot[slot] = row
      rows.set(digest, row)
      writeTimes(slot, session)
    },
    remove(userId, id) {
      for (let row = owners.get(userId)?.first; row !== undefined; row = row.next) {
        if (id === null || row.id === id) drop(row)
      }
    },
    clear() {
      rows.clear()
      owners.clear()
      inSlot.length = 0
      freeSlots.length = 0
      isUsed.fill(0)
    },
  }
  return table
}

/** Gives the same value for the same text, without keeping many. */
function createSharing<Value>(): (text: string, value: Value) => Value {
  const shared = new Map<string, Value>()
  return (text, value) => {
    const known = shared.get(text)
    if (known !== undefined) return known
    if (shared.size >= MAX_SHARED) shared.clear()
    shared.set(text, value)
    return value
  }
}
