import { openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Selectable } from 'kysely'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, ChangesElsewhere } from '../../sessions/store.ts'
import { isKnownKind } from './changes.ts'
import { createPollWatch } from './poll-watch.ts'
import type { ChangesTable } from './schema.ts'
import { toUnavailable } from './sqlite-database.ts'

/** Above this number of changes, an empty cache costs less than handling them one by one. */
const MAX_CHANGES = 1_000

/**
 * Reads the changes of other processes in three steps. The header of the WAL index, the shared-memory file of SQLite
 * next to the database, shows whether any process wrote (1 µs, once for all requests that arrived together). Then
 * `PRAGMA data_version` shows whether another connection wrote (4 µs). Only then are rows read.
 * @param file the connection that reads: it sees committed data only.
 * @param path of the database file; null for a database in memory, which no other process has.
 */
export function createChangeReader(file: DatabaseSync, path: string | null): () => ChangesElsewhere {
  const wasWritten = path === null || process.platform === 'win32' ? () => true : createWalWatch(`${path}-shm`)
  const dataVersion = file.prepare('PRAGMA data_version')
  dataVersion.setReturnArrays(true)
  const newest = file.prepare('SELECT coalesce(max(seq), 0) AS seq FROM changes')
  const since = file.prepare('SELECT seq, kind, subject_id, user_id FROM changes WHERE seq > ? ORDER BY seq LIMIT ?')
  // Column names and types are those of the statements above.
  const readVersion = (): number => (dataVersion.get() as unknown as [number])[0]
  let version = readVersion()
  let lastSeq = (newest.get() as { seq: number }).seq

  function readChanges(): ChangesElsewhere {
    const versionNow = readVersion()
    if (versionNow === version) return NO_CHANGES
    const rows = since.all(lastSeq, MAX_CHANGES) as ChangeRow[]
    const [first] = rows
    const isComplete = rows.length < MAX_CHANGES && (first === undefined || first.seq === lastSeq + 1)
    lastSeq = isComplete ? (rows.at(-1)?.seq ?? lastSeq) : (newest.get() as { seq: number }).seq
    version = versionNow
    return isComplete && rows.every(isKnownKind) ? rows.map(toChange) : 'unknown'
  }

  const isSamePoll = createPollWatch()
  let isUnread = true
  return () => {
    if (isSamePoll() && !isUnread) return NO_CHANGES
    try {
      const wasUnread = isUnread
      isUnread = true // until the whole look has succeeded
      const changes = wasWritten() || wasUnread ? readChanges() : NO_CHANGES
      isUnread = false
      return changes
    } catch (error) {
      throw toUnavailable(error)
    }
  }
}

/**
 * Watches the header of the WAL index, which every commit changes (sqlite.org/walformat.html, section 2.1). A header
 * read during a write differs as well, so no commit is missed.
 */
function createWalWatch(indexPath: string): () => boolean {
  const descriptor = openForever(indexPath)
  let seen = new Uint32Array(WAL_INDEX_HEADER_WORDS)
  let now = new Uint32Array(WAL_INDEX_HEADER_WORDS)
  return () => {
    readSync(descriptor, now, 0, now.byteLength, 0)
    if (now.every((word, index) => word === seen[index])) return false
    ;[seen, now] = [now, seen]
    return true
  }
}

const descriptors = new Map<string, number>()

/**
 * Returns a descriptor that is shared within the process and never closed: closing one drops the locks that this
 * process holds on the file (sqlite.org/howtocorrupt.html, section 2.2).
 */
function openForever(path: string): number {
  const { dev, ino } = statSync(path, { bigint: true })
  const file = `${dev}:${ino}`
  const known = descriptors.get(file)
  if (known !== undefined) return known
  const descriptor = openSync(path, 'r')
  descriptors.set(file, descriptor)
  return descriptor
}

const WAL_INDEX_HEADER_WORDS = 12
const NO_CHANGES: readonly Change[] = []

type ChangeRow = Pick<Selectable<ChangesTable>, 'seq' | 'kind' | 'subject_id' | 'user_id'>

function toChange({ kind, subject_id, user_id }: ChangeRow): Change {
  // The table contains only ids that were valid when they were written.
  const userId = user_id as UserId
  return kind === 'session' ? { kind, id: subject_id as SessionId, userId } : { kind, id: userId }
}
