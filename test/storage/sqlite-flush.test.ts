/* Promise 8 with SQLite: an answer waits until its transaction is on the disk, and the event loop does not. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLatchkey, type Latchkey } from '../../src/index.ts'
import { sqlite } from '../../src/sqlite.ts'
import { createFlush } from '../../src/storage/sql/sqlite-flush.ts'
import { Client } from '../support/client.ts'
import { PASSWORD, sendTo } from '../support/rings.ts'

let directory: string
let path: string
let auth: Latchkey

/** The write to the disk of every file handle. */
async function handles(): Promise<{ datasync(this: FileHandle): Promise<void> }> {
  const handle = await open(path, 'r')
  await handle.close()
  return Object.getPrototypeOf(handle)
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-flush-'))
  path = join(directory, 'test.db')
  auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(path), deliverMails: false })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await auth.close()
  rmSync(directory, { recursive: true })
})

function newClient(): Client {
  return new Client(sendTo(auth))
}

const credentials = (name: string) => ({ email: `${name}@example.com`, password: PASSWORD })

/** Copies what a power failure would leave: everything of the last write to the disk, and nothing after it. */
function keepOnDisk(to: string): void {
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, to + end)
}

test('after a power failure at any moment every answered registration, login and logout is there', async () => {
  const disk = join(directory, 'disk.db')
  const prototype = await handles()
  const { datasync } = prototype
  vi.spyOn(prototype, 'datasync').mockImplementation(async function write(this: FileHandle) {
    keepOnDisk(`${disk}.new`) // what the call finds is what it writes
    await datasync.call(this)
    for (const end of ['', '-wal']) copyFileSync(`${disk}.new${end}`, disk + end)
  })
  const sessions: string[] = []
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      ['ada', 'bob', 'cem', 'dee'].map(async (name) => {
        const client = newClient()
        const own = credentials(`${name}${round}`)
        expect((await client.post('/auth/register', own)).status).toBe(201)
        const ended = client.cookies.get('latchkey')
        expect((await client.post('/auth/logout')).status).toBe(204)
        expect((await client.post('/auth/login', own)).status).toBe(200)
        sessions.push(`${client.cookies.get('latchkey')} ${ended}`)
      }),
    )
    const restored = join(directory, `restored-${round}.db`)
    for (const end of ['', '-wal']) copyFileSync(disk + end, restored + end)
    copyFileSync(`${path}.secrets`, `${restored}.secrets`)
    const after = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(restored) })
    const answers = sessions.map(async (pair) => {
      const [live, ended] = pair.split(' ')
      const ask = async (token: string | undefined) =>
        (await new Client(sendTo(after)).get('/auth/session', { cookie: `latchkey=${token}` })).status
      return [await ask(live), await ask(ended)]
    })
    expect(new Set((await Promise.all(answers)).map(String))).toEqual(new Set(['200,401']))
    await after.close()
  }
})

test('an answer waits for the disk, other requests do not, and those that wait share one write', async () => {
  const { id } = await auth.users.create(credentials('ada'))
  const known = newClient()
  await known.post('/auth/login', credentials('ada'))
  const { promise: written, resolve: finish } = Promise.withResolvers<void>()
  const datasync = vi.spyOn(await handles(), 'datasync').mockReturnValue(written)
  const answered: number[] = []
  const logins = [1, 2, 3].map(async () => {
    answered.push((await newClient().post('/auth/login', credentials('ada'))).status)
  })
  await vi.waitFor(async () => expect(await auth.sessions.list(id)).toHaveLength(4), { timeout: 20_000 })
  for (let asked = 0; asked < 20; asked++) expect((await known.get('/auth/session')).status).toBe(200)
  expect(answered).toEqual([])
  finish()
  await Promise.all(logins)
  expect(answered).toEqual([200, 200, 200])
  expect(datasync).toHaveBeenCalledTimes(2)
})

test('a disk that fails once is not believed again: writes are 503 until a restart, reads go on', async () => {
  await auth.users.create(credentials('ada'))
  const known = newClient()
  await known.post('/auth/login', credentials('ada'))
  vi.spyOn(await handles(), 'datasync').mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }))
  for (let login = 0; login < 3; login++) {
    expect((await newClient().post('/auth/login', credentials('ada'))).status).toBe(503)
    expect((await known.get('/auth/session')).status).toBe(200)
  }
  await expect(auth.ping()).rejects.toMatchObject({ code: 'unavailable' })
  await auth.close()
  auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(path) })
  expect((await newClient().post('/auth/login', credentials('ada'))).status).toBe(200)
})

test('a commit during a write waits for the next write', async () => {
  const { promise: written, resolve: finish } = Promise.withResolvers<void>()
  const datasync = vi.spyOn(await handles(), 'datasync').mockReturnValueOnce(written)
  const { flush, close } = createFlush(path)
  const order: string[] = []
  const first = flush().then(() => order.push('first'))
  await vi.waitFor(() => expect(datasync).toHaveBeenCalledTimes(1), { timeout: 20_000 })
  const later = [flush(), flush()].map((each) => each.then(() => order.push('later')))
  expect(order).toEqual([])
  finish()
  await Promise.all([first, ...later])
  expect(order).toEqual(['first', 'later', 'later'])
  expect(datasync).toHaveBeenCalledTimes(2)
  await close()
})
