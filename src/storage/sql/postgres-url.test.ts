import { describe, expect, test } from 'vitest'
import { findPostgresUrlProblem } from './postgres-url.ts'

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
  ])('%s is accepted', (url) => expect(findPostgresUrlProblem(url)).toBeNull())

  test.each([
    ['another scheme', 'mysql://app:hunter2@db/app', 'must be postgres://'],
    ['several hosts', 'postgres://app:hunter2@a:5432,b:5432/app?target_session_attrs=read-write', 'one host'],
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
