/*
 * A program: measures which functions of `src` run during one login, and prints them as JSON. V8's precise coverage counts
 * calls, and the steps of an async function after each `await`. Node removes types without moving a character, so its
 * positions are those of the source.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLatchkey } from '../../src/index.ts'
import { sqlite } from '../../src/sqlite.ts'

/** A file of `src` that a login runs. */
export interface LoginFile {
  readonly path: string
  /** Lines of its functions that ran; a line counts once, also if functions nest. */
  readonly lines: number
}

const ROOT = join(import.meta.dirname, '../..')
const USER = { email: 'ada@example.com', password: 'correct horse battery' }
const WARM_UP = 3

const directory = mkdtempSync(join(tmpdir(), 'latchkey-'))
const auth = await createLatchkey({
  baseUrl: 'http://localhost:3000',
  storage: sqlite(join(directory, 'login.db')),
  sweepIntervalMs: 0,
  deliverMails: false,
})
await auth.users.create(USER)
for (let login = 0; login < WARM_UP; login++) await logIn()
const files = await measure(logIn)
await auth.close()
rmSync(directory, { recursive: true })
console.log(JSON.stringify(files))

async function logIn(): Promise<void> {
  const request = new Request('http://localhost:3000/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(USER),
  })
  const { status } = await auth.handler(request, { remoteAddress: '127.0.0.1' })
  if (status !== 200) throw new Error(`The login answered ${status}`)
}

async function measure(work: () => Promise<void>): Promise<LoginFile[]> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage') // resets the counts
  await work()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return result
    .filter(({ url }) => url.startsWith('file:'))
    .map(({ url, functions }) => ({ path: relative(ROOT, fileURLToPath(url)), functions }))
    .filter(({ path }) => path.startsWith('src/'))
    .map(({ path, functions }) => {
      // The body of a module is a function without a name that begins with the file.
      const ran = functions.flatMap(({ ranges: [range] }) =>
        range !== undefined && range.count > 0 && range.startOffset > 0 ? [range] : [],
      )
      return { path, lines: countLines(readFileSync(join(ROOT, path), 'utf8'), ran) }
    })
    .filter(({ lines }) => lines > 0)
    .sort((left, right) => (left.path < right.path ? -1 : 1))
}

function countLines(
  source: string,
  ranges: readonly { readonly startOffset: number; readonly endOffset: number }[],
): number {
  const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length
  const lines = new Set<number>()
  for (const { startOffset, endOffset } of ranges) {
    for (let line = lineAt(startOffset); line <= lineAt(endOffset); line++) lines.add(line)
  }
  return lines.size
}
