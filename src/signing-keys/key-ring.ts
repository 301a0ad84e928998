/*
 * The keys of everything that Latchkey signs for others: ID tokens, JWT access tokens, identities of forward-auth. A rotation adds a
 * generation, which signs from then on; older keys stay public until the last token that they signed has expired. Nodes learn of a new
 * generation within a second of the next use of a key. Proved by test/http/signing-keys.test.ts.
 */
import type { Clock } from '../kernel/clock.ts'
import type { KeyGeneration, SigningKeyStore } from './store.ts'

/** The generations of keys, as this process knows them. */
export interface KeyRing {
  /** Returns the generations in use, newest first; the first one signs. It reads newer ones in the background, at most once a second. */
  known(): readonly KeyGeneration[]
  /** Reads the generations now. */
  read(): Promise<void>
  /** Reads the generations, at most ten times a second. Returns true if there are new ones. */
  refresh(): Promise<boolean>
}

/** Dependencies of `createKeyRing`. */
export interface KeyRingDeps {
  readonly signingKeys: Pick<SigningKeyStore, 'list'>
  readonly clock: Clock
  /** Time for which a replaced generation stays public, in milliseconds: the longest lifetime of what it signed. */
  readonly overlapMs: number
  /** Prepares the keys of a generation before it is known. */
  readonly prepare: (salt: string) => Promise<void>
  readonly report: (error: unknown) => void
}

const REREAD_MS = 1_000
/** Texts with unknown keys cost at most one read in this time. */
const UNKNOWN_MS = 100
const FIRST: KeyGeneration = { salt: '', createdAt: 0 }

/** Creates the key ring. It knows no generation until `read` resolves. */
export function createKeyRing({ signingKeys, clock, overlapMs, prepare, report }: KeyRingDeps): KeyRing {
  let all: readonly KeyGeneration[] = []
  let live = all
  let liveUntil = 0
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<boolean> | null = null

  async function load(): Promise<boolean> {
    readAt = performance.now()
    const found = [...(await signingKeys.list()), FIRST]
    if (found.length === all.length && found[0]?.salt === all[0]?.salt) return false
    await Promise.all(liveOf(found, overlapMs, clock()).map(({ salt }) => prepare(salt)))
    all = found
    liveUntil = 0
    return true
  }
  function start(): Promise<boolean> {
    reading ??= load().finally(() => {
      reading = null
    })
    return reading
  }
  const refresh = async (): Promise<boolean> => reading ?? (performance.now() - readAt > UNKNOWN_MS ? start() : false)

  return {
    known() {
      if (performance.now() - readAt > REREAD_MS) start().catch(report)
      const now = clock()
      if (now >= liveUntil) {
        live = liveOf(all, overlapMs, now)
        liveUntil = Math.min(...endsOf(all, overlapMs).filter((end) => end > now))
      }
      return live
    },
    async read() {
      await reading
      await start()
    },
    refresh,
  }
}

/** Returns when each generation ends: some time after the next one began. */
function endsOf(all: readonly KeyGeneration[], overlapMs: number): readonly number[] {
  return all.map((_, index) => (all[index - 1]?.createdAt ?? Infinity) + overlapMs)
}

function liveOf(all: readonly KeyGeneration[], overlapMs: number, now: number): readonly KeyGeneration[] {
  const ends = endsOf(all, overlapMs)
  return all.filter((_, index) => (ends[index] ?? 0) > now)
}

/** Returns a function that returns the keys of all generations in use, newest first. `derive` is called once for each change. */
export function keysOf<Key>(
  ring: Pick<KeyRing, 'known'>,
  derive: (salt: string) => readonly Key[],
): () => readonly Key[] {
  let from: readonly KeyGeneration[] | null = null
  let keys: readonly Key[] = []
  return () => {
    const generations = ring.known()
    if (generations !== from) keys = generations.flatMap(({ salt }) => derive(salt))
    from = generations
    return keys
  }
}
