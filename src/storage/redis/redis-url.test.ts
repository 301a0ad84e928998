import { expect, test } from 'vitest'
import { findRedisUrlProblem, splitRedisUrl } from './redis-url.ts'

test.each([
  'redis://h',
  'rediss://user:p%40ss:word@h:6380/2',
  'redis://:p@ss@[::1]:6379/',
  'redis+cluster://a,b:6379',
  'rediss+cluster://user:p@a:6379,[fd00::2]:6379/0',
  'redis+sentinel://:secret@a,b:26379/mymaster',
])('%s is a URL of Redis', (url) => expect(findRedisUrlProblem(url)).toBeNull())

test.each([
  ['a parameter, which the driver ignores', 'redis://:hunter2@h:6379?tls=true', 'begin with rediss://'],
  ['another one', 'redis+sentinel://a/mymaster?db=1', 'begin with rediss://'],
  ['a # in the password', 'redis://:hunter2#x@h', 'percent-encoded'],
  ['a / in the password', 'redis://:hunter2/x@h', 'percent-encoded'],
  ['a % in the password', 'redis://:hunter2%x@h', 'percent-encoded'],
  ['a port that is too high', 'redis://h:99999', 'must be redis://'],
  ['a database with a name', 'redis://h/cache', 'must be redis://'],
  ['two databases', 'redis://h/1/2', 'must be redis://'],
  ['several hosts of a single server', 'redis://a,b', 'must be redis://'],
  ['a host that is missing', 'redis+cluster://a,,b', 'must be redis://'],
  ['a database of a cluster', 'redis+cluster://a,b/1', 'must be redis://'],
  ['Sentinel without a name', 'redis+sentinel://a,b', 'must be redis://'],
  ['no host', 'redis://', 'must be redis://'],
  ['another scheme', 'valkey://h', 'must be redis://'],
])('%s is refused, and nothing of the URL is repeated', (_, url, problem) => {
  expect(findRedisUrlProblem(url)).toContain(problem)
  expect(findRedisUrlProblem(url)).not.toContain('hunter2')
})

test('hosts, login and path are found also with signs of a URL in the password', () => {
  expect(splitRedisUrl('rediss+sentinel://app:a:b@c@one,two:1/name')).toEqual({
    scheme: 'rediss',
    kind: '+sentinel',
    login: 'app:a:b@c',
    hosts: ['one', 'two:1'],
    path: 'name',
  })
})
