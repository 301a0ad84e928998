import { expect, test } from 'vitest'
import { sqlite } from '../storage/sql/sqlite.ts'
import type { CompleteOptions } from './options.ts'
import { risksOf } from './risks.ts'
import { completeOptions } from './settings.ts'

const risks = (options: Partial<CompleteOptions>): readonly string[] =>
  risksOf(completeOptions({ baseUrl: 'https://id.example.com', storage: sqlite(':memory:'), ...options }))

test.each(['0.0.0.0/0', '::/0', '0.0.0.0/1', '::ffff:0:0/96', '2000::/3', '128.0.0.0/1'])(
  'CWE-1188: a trusted proxy network that contains the Internet is reported at the start: %s (ASVS 4.1.3)',
  (cidr) => {
    expect(risks({ trustProxy: ['10.0.0.0/8', cidr] })).toEqual([expect.stringContaining(`contains ${cidr},`)])
  },
)

test.each([
  { trustProxy: 2 },
  { trustProxy: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', '::1', '127.0.0.0/8', '169.254.0.0/16'] },
  { trustProxy: ['173.245.48.0/20', '104.16.0.0/13', '2606:4700::/32', '35.191.0.0/16', '130.211.0.0/22'] },
  {
    trustedOrigins: [
      'https://app.example.com',
      'http://localhost:5173',
      'http://127.0.0.1:8080',
      'capacitor://localhost',
    ],
  },
  { baseUrl: 'http://localhost:3000', trustedOrigins: ['http://app.test'] },
])('a usual setup has no risk: %o', (options) => {
  expect(risks(options)).toEqual([])
})

test('CWE-319: a trusted origin without TLS beside an https service is reported at the start (ASVS 12.2.1)', () => {
  const trustedOrigins = ['https://app.example.com', 'http://app.example.com', 'http://intranet:8080']
  expect(risks({ trustedOrigins })).toEqual([
    expect.stringContaining('contains http://app.example.com, which has no TLS'),
    expect.stringContaining('contains http://intranet:8080, which has no TLS'),
  ])
})

test('a short password that is the only factor is reported at the start (ASVS 6.2.1; NIST SP 800-63B-4)', () => {
  const options = completeOptions({ baseUrl: 'https://id.example.com', storage: sqlite(':memory:') })
  const password = { ...options.password, minLength: 8 }
  expect(risks({ password })).toEqual([expect.stringContaining('password.minLength is 8')])
  expect(risks({ password, secondFactor: 'required' })).toEqual([])
})
