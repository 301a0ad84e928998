import { expect, test } from 'vitest'
import { isLocalRequest } from './is-local-request.ts'

const ask = (
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  url = 'http://localhost:3000/',
): boolean => isLocalRequest(new Request(url, { headers }), { remoteAddress })

test.each(['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1'])(
  'a request from %s to this machine is local',
  (address) => {
    for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1:1', '[::1]:3000'])
      expect(ask(address, { host })).toBe(true)
  },
)

test.each([undefined, '', '192.0.2.1', '10.0.0.1', '::', '0.0.0.0', 'fe80::1', '::ffff:192.0.2.1'])(
  'CWE-489: a socket at %j is not local',
  (address) => expect(ask(address, { host: 'localhost' })).toBe(false),
)

test.each(['acme.example', 'localhost.acme.example', '127.0.0.1.nip.io', '169.254.169.254', 'local host', ''])(
  'CWE-350: the host %j is not local, also for a name that leads to this machine (DNS rebinding)',
  (host) => expect(ask('127.0.0.1', { host })).toBe(false),
)

test('CWE-489: an HTTP/1.0 request without a host is not local', () => {
  expect(ask('127.0.0.1', {}, 'http://host.invalid/')).toBe(false)
})

test.each([
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-prefix',
  'X-Forwarded-Tls-Client-Cert',
  'cf-connecting-ip',
])('CWE-489: a request with %s came through a proxy', (name) =>
  expect(ask('127.0.0.1', { host: 'localhost', [name]: '127.0.0.1' })).toBe(false),
)
