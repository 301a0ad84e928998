import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ChainedRow,
  digestPersonal,
  digestRow,
  FIRST_PREVIOUS_HASH,
  hashRows,
  hashSeal,
  type SealContent,
} from './chain.ts'

const ROW: ChainedRow = {
  id: '01a20561-b5ed-7332-a6ad-36fc2a9cc78b',
  at: 1_767_225_600_000,
  type: 'login.refused',
  userId: '01a20561-b5ed-7332-a6ad-000000000001',
  actor: null,
  sessionId: null,
  requestId: 'f3b1c1de-0000-4000-8000-000000000000',
  detail: '{"reason":"wrong_password"}',
  personalDigest: digestPersonal('AAAA', '192.0.2.1', 'curl/8'),
}
const SEAL: SealContent = {
  previousHash: FIRST_PREVIOUS_HASH,
  batch: 1,
  sealedAt: 1_767_225_610_000,
  lastEventAt: ROW.at,
  eventCount: 1,
  rowsHash: hashRows([ROW]),
}

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
const optional = fc.option(text)
const row: fc.Arbitrary<ChainedRow> = fc.record({
  id: fc.uuid(),
  at: fc.nat(),
  type: text,
  userId: optional,
  actor: optional,
  sessionId: optional,
  requestId: optional,
  detail: text,
  personalDigest: text,
})
const rows = fc.uniqueArray(row, { minLength: 2, maxLength: 8, selector: ({ id }) => id })

// Computed once with: printf '%s' '<canonical form>' | sha256sum
test('the canonical form has the known values that docs/audit.md describes', () => {
  expect(ROW.personalDigest).toBe('RNEHgOyrQ42eeOdlbmrr3HSiU3m2K5a8pNcCbuC4Hp0')
  expect(digestRow(ROW)).toBe('7b31ae2d7aa5d02a147f35f334a43dc4e8e290d4a5916c50d4d8105b54d49ac4')
  expect(hashRows([ROW])).toBe('e1c9e076cab378b446ae12a2b204ee49bcd224dac295dac9a0e60e614fcc5a44')
  expect(hashSeal(SEAL)).toBe('ac522ab3e1289e40e123aa7e6806b9a20aea4e6fe1e88bc8769061a139ac608c')
})

test('any change of any member of a row is found', () => {
  fc.assert(
    fc.property(row, row, fc.constantFrom(...Object.keys(ROW)), (one, other, member) => {
      const changed = { ...one, [member]: Reflect.get(other, member) }
      const isSame = Reflect.get(one, member) === Reflect.get(other, member)
      expect(digestRow(changed) === digestRow(one)).toBe(isSame)
    }),
  )
})

test('moving text from one member to the next is found, and null differs from any text', () => {
  const { userId: _, ...rest } = ROW
  expect(digestRow({ ...rest, type: 'a","b', userId: null })).not.toBe(digestRow({ ...rest, type: 'a', userId: 'b' }))
  for (const member of ['userId', 'actor', 'sessionId', 'requestId'] as const) {
    const digests = [null, '', 'null'].map((value) => digestRow({ ...ROW, [member]: value }))
    expect(new Set(digests).size).toBe(3)
  }
})

test('a row that is removed, added, duplicated or swapped is found', () => {
  fc.assert(
    fc.property(rows, row, fc.nat(), fc.nat(), (batch, stranger, first, second) => {
      const [one, other] = [first % batch.length, second % batch.length]
      const whole = hashRows(batch)
      expect(hashRows(batch.toSpliced(one, 1))).not.toBe(whole)
      expect(hashRows(batch.toSpliced(one, 0, stranger))).not.toBe(whole)
      expect(hashRows(batch.toSpliced(one, 0, batch[other] as ChainedRow))).not.toBe(whole)
      const swapped = batch.with(one, batch[other] as ChainedRow).with(other, batch[one] as ChainedRow)
      expect(hashRows(swapped) === whole).toBe(one === other)
    }),
  )
})

test('a change of any member of a seal changes its hash', () => {
  for (const [member, value] of Object.entries(SEAL)) {
    const other = typeof value === 'number' ? value + 1 : `${value}0`
    expect(hashSeal({ ...SEAL, [member]: other })).not.toBe(hashSeal(SEAL))
  }
})
