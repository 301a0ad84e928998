import { openSync, readSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Selectable } from 'kysely'
import type { SessionId, UserId } from '../../kernel/ids.ts'
import type { Change, ChangesElsewhere } from '../../sessions/store.ts'
import { createPollWatch } from './poll-watch.ts'
import type { ChangesTable } from './schema.ts'
import { toUnavailable } from './sqlite-database.ts'

/** More changes than this at once are cheaper to answer with an empty cache. */
const MAX_CHANGES = 1_000

/**
 * Reads what other processes changed. Whether any of them wrote at all is told by the header of the WAL index, the file
 * beside the database that SQLite keeps in shared memory (1 µs, and once for all requests that came in together), and then
 * by `PRAGMA data_version` (4 µs); only then are rows read.
 * @param file the connection that reads: what it sees is committed.
 * @param path of the database file; null for one in memory, which nobody else has.
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
    return isComplete ? rows.map(toChange) : 'unknown'
  }

  const isSamePoll = createPollWatch()
  let isUnread = true
  return () => {
    if (isSamePoll() && !isUnread) return NO_CHANGES
    try {
      const wasUnread = isUnread
      isUnread = true // until all of the look has succeeded
      const changes = wasWritten() || wasUnread ? readChanges() : NO_CHANGES
      isUnread = false
      return changes
    } catch (error) {
      throw toUnavailable(error)
    }
  }
}

/**
 * Watches the header of the WAL index, which every commit changes (sqlite.org/walformat.html, section 2.1). What is read
 * while it is being written differs as well, so nothing is missed.
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
 * A descriptor that is shared within the process and never closed: closing one drops the locks that this process holds on
 * the file (sqlite.org/howtocorrupt.html, section 2.2).
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
  // Only ids that were ids when they were noted stand in the table.
  const userId = user_id as UserId
  return kind === 'session' ? { kind, id: subject_id as SessionId, userId } : { kind, id: userId }
}
