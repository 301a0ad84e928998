import { describe, expect, test } from 'vitest'
import { splitHosts } from './postgres-hosts.ts'
import { findPostgresUrlProblem } from './postgres-url.ts'

describe('several hosts', () => {
  test.each([
    [
      'postgres://u:p@a:1,b:2/d?sslmode=require',
      ['postgres://u:p@a:1/d?sslmode=require', 'postgres://u:p@b:2/d?sslmode=require'],
    ],
    ['postgres://u,x:p@a,[::1]:2/d?target_session_attrs=any', ['postgres://u,x:p@a/d', 'postgres://u,x:p@[::1]:2/d']],
    ['postgres:///d?host=a,b&port=1,2&x=y', ['postgres:///d?x=y&host=a&port=1', 'postgres:///d?x=y&host=b&port=2']],
    [
      'postgres:///d?host=/run/a%2C/run/b&port=7',
      ['postgres:///d?host=/run/a&port=7', 'postgres:///d?host=/run/b&port=7'],
    ],
    ['postgres://a/d?target_session_attrs=primary', ['postgres://a/d']],
  ])('%s', (url, urls) => expect(splitHosts(url)).toEqual(urls))
})

describe('the URL of a PostgreSQL server', () => {
  test.each([
    'postgres://db/app',
    'postgresql://app:p%40ss@db.internal:6432/app?sslmode=verify-full',
    'postgres://app:p@ss@db/app',
    'postgres://app:50%@db/app',
    'postgres://app:a,b@db/app',
    'postgres://[2001:db8::7]:5432/app',
    'postgres://app@/app?host=/var/run/postgresql',
    'postgres:///app?host=/var/run/postgresql',
    'postgres://app@%2Fvar%2Frun%2Fpostgresql/app',
    'postgres://db/app?user=app@db',
    'postgres://app:p@ss@a:5432,b:5433,[::1]:5434/app?target_session_attrs=read-write&sslmode=verify-full',
    'postgres:///app?host=one,two&port=5432,5433&target_session_attrs=primary',
    'postgres://db/app?target_session_attrs=any',
    'postgres://db/app?sslmode=require&channel_binding=require&pgbouncer=true',
    'postgres:///app?host=one,two&port=5432',
  ])('%s is accepted', (url) => expect(findPostgresUrlProblem(url)).toBeNull())

  test.each([
    ['another scheme', 'mysql://app:hunter2@db/app', 'must be postgres://'],
    ['a host that is missing', 'postgres://app:hunter2@a:5432,,b/app', 'must be a host'],
    ['a host without a name', 'postgres://app:hunter2@a,:5433/app', 'must be a host'],
    ['a port of the second host that is none', 'postgres://app:hunter2@a:5432,b:x/app', 'must be postgres://'],
    [
      'an unknown attribute',
      'postgres://app:hunter2@a,b/app?target_session_attrs=readwrite',
      'target_session_attrs must be',
    ],
    ['a standby', 'postgres://app:hunter2@a,b/app?target_session_attrs=prefer-standby', 'target_session_attrs must be'],
    [
      'two attributes',
      'postgres://a,b/app?target_session_attrs=any&target_session_attrs=primary',
      'target_session_attrs must',
    ],
    ['a misspelt sslmode', 'postgres://app:hunter2@db/app?sslMode=verify-full', 'no parameter sslMode'],
    [
      'a misspelt sslmode with an underscore',
      'postgres://app:hunter2@db/app?ssl_mode=require',
      'no parameter ssl_mode',
    ],
    ['a misspelt sslmode that is cut', 'postgres://app:hunter2@db/app?x=y&sslmod=require', 'no parameter sslmod'],
    ['a misspelt attribute', 'postgres://a,b/app?targetSessionAttrs=primary', 'no parameter targetSessionAttrs'],
    ['an attribute in capitals', 'postgres://a,b/app?TARGET_SESSION_ATTRS=primary', 'no parameter TARGET'],
    ['more ports than hosts', 'postgres:///app?host=a,b&port=1,2,3', 'as many as hosts'],
    ['fewer ports than hosts', 'postgres:///app?host=a,b,c&port=1,2', 'as many as hosts'],
    ['ports without hosts', 'postgres://a,b/app?port=1,2', 'as many as hosts'],
    ['a port that is none', 'postgres://app:hunter2@db:99999/app', 'must be postgres://'],
    ['a # in the password', 'postgres://app:hunter2#x@db/app', 'percent-encoded'],
    ['a # after digits', 'postgres://app:2#hunter2@db/app', 'percent-encoded'],
    ['a / after digits', 'postgres://app:2/hunter2@db/app', 'percent-encoded'],
    ['a password that is not UTF-8', 'postgres://app:hunter2%ff@db/app', 'percent-encoded'],
  ])('%s is refused, and nothing of it is repeated', (_, url, problem) => {
    expect(findPostgresUrlProblem(url)).toContain(problem)
    expect(findPostgresUrlProblem(url)).not.toContain('hunter2')
  })
})
