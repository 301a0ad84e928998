/* Requests to URLs of others reach public addresses only, follow no redirect, and read little. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createGuardedFetch } from './guarded-fetch.ts'

const closing: (() => void)[] = []
afterEach(() => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('private, loopback and link-local addresses are refused, however they are written (CWE-918)', async () => {
  const guarded = createGuardedFetch()
  for (const host of [
    '127.0.0.1',
    'localhost',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fd00::1]',
    '[64:ff9b::7f00:1]',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '[::]',
    '[::127.0.0.1]', // the deprecated IPv4-compatible form
    '[::ffff:0:127.0.0.1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[4000::1]',
    '100.64.0.1',
  ]) {
    await expect(guarded(`https://${host}/`, {}), host).rejects.toThrow('private address')
  }
})

test('in production, no URL leads to this machine or its link, also if private addresses are allowed', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  const url = await serve((_, response) => response.end('here'))
  const guarded = createGuardedFetch({ allowPrivate: true })
  const hosts = ['127.0.0.2', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '[::127.0.0.1]', '0.0.0.0', '2130706433']
  for (const host of [...hosts, '169.254.169.254', '[fe80::1]', '224.0.0.1']) {
    await expect(guarded(`https://${host}/`, {}), host).rejects.toThrow('not allowed in production')
  }
  await expect(guarded(url, {})).rejects.toThrow('without https')
  for (const host of ['10.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', '[fd00::1]', '93.184.215.14']) {
    const stopped = guarded(`https://${host}/`, { signal: AbortSignal.abort(new Error('stopped')) })
    await expect(stopped, host).rejects.toThrow('abort') // the address is allowed
  }
})

test('plain http is refused unless private addresses are allowed, and other schemes always', async () => {
  const url = await serve((_, response) => response.end('here'))
  await expect(createGuardedFetch()(url, {})).rejects.toThrow('without https')
  expect(await (await createGuardedFetch({ allowPrivate: true })(url, {})).text()).toBe('here')
  for (const other of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x']) {
    await expect(createGuardedFetch({ allowPrivate: true })(other, {})).rejects.toThrow('without https')
  }
})

test('a redirect, also to an internal address, is an answer and is not followed', async () => {
  let reached = 0
  const inside = await serve((_, response) => {
    reached++
    response.end('secret')
  })
  const url = await serve((_, response) => response.writeHead(302, { location: inside }).end())
  const answer = await createGuardedFetch({ allowPrivate: true })(url, {})
  expect([answer.status, await answer.text(), reached]).toEqual([302, '', 0])
})

test('an answer of 10 MB is cut off, and a slow one is given up', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const large = await serve((_, response) => {
    const more = (): void => {
      while (sent < 10_000_000 && response.write(chunk)) sent += chunk.byteLength
      if (sent >= 10_000_000) response.end()
    }
    response.on('drain', more)
    more()
  })
  await expect(createGuardedFetch({ allowPrivate: true })(large, {})).rejects.toThrow('too many bytes')
  expect(sent).toBeLessThan(10_000_000)
  const slow = await serve((_, response) => void response.write('{'))
  await expect(createGuardedFetch({ allowPrivate: true })(slow, { signal: AbortSignal.timeout(50) })).rejects.toThrow()
})

test('the body and the headers arrive', async () => {
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const each of request) chunks.push(each)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify([request.method, request.headers['x-test'], Buffer.concat(chunks).toString()]))
  })
  const body = new URLSearchParams({ code: 'a b' })
  const answer = await createGuardedFetch({ allowPrivate: true })(url, {
    method: 'POST',
    headers: { 'x-test': 'yes' },
    body,
  })
  expect([answer.headers.get('content-type'), await answer.json()]).toEqual([
    'application/json',
    ['POST', 'yes', 'code=a+b'],
  ])
})
