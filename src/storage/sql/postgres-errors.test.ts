import pg from 'pg'
import { expect, test } from 'vitest'
import { isConnectionKept, toUnavailable } from './postgres-errors.ts'

/** Returns the error of a server with this SQLSTATE. */
function errorOf(state: string): Error {
  return Object.assign(new pg.DatabaseError('refused', 0, 'error'), { code: state, severity: 'FATAL' })
}

test.each([
  ['25P03', 'the transaction waited too long: this process was paused'],
  ['25P04', 'the transaction took too long: transaction_timeout of PostgreSQL 17'],
  ['25006', 'the server became read-only'],
  ['57P05', 'the session waited too long'],
  ['42501', 'the role lost a privilege'],
])('%s is an outage, and its connection is closed: %s', (state) => {
  expect(toUnavailable(errorOf(state))).toMatchObject({ code: 'unavailable', reason: expect.stringContaining(state) })
  expect(isConnectionKept(errorOf(state))).toBe(false)
})

test.each(['42P01', '42703', '23505'])('%s is a fault of this program, and no outage', (state) => {
  const error = errorOf(state)
  expect(toUnavailable(error)).toBe(error)
})
