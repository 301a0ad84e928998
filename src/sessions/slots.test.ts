import { expect, test } from 'vitest'
import { createSlots, type Slots } from './slots.ts'

/** Takes a slot, and returns the slot that was emptied for it, or null. */
function evictedBy(slots: Slots): number | null {
  let evicted: number | null = null
  slots.take((slot) => {
    evicted = slot
  })
  return evicted
}

test('slots are emptied in order, and only when all are taken', () => {
  const slots = createSlots(3)
  expect(Array.from({ length: 7 }, () => evictedBy(slots))).toEqual([null, null, null, 0, 1, 2, 0])
  slots.free(1)
  expect([evictedBy(slots), evictedBy(slots)]).toEqual([null, 1])
})

test('a used slot is skipped once', () => {
  const slots = createSlots(3)
  for (let taken = 0; taken < 3; taken++) evictedBy(slots)
  slots.markUsed(0)
  expect([evictedBy(slots), evictedBy(slots), evictedBy(slots)]).toEqual([1, 2, 0])
  for (const slot of [0, 1, 2]) slots.markUsed(slot)
  expect(evictedBy(slots)).toBe(1) // a whole round, then the first slot
})

test('one eviction skips a thousand slots, and then takes the next one', () => {
  const slots = createSlots(3_000)
  for (let taken = 0; taken < 3_000; taken++) evictedBy(slots)
  for (let slot = 0; slot < 3_000; slot++) slots.markUsed(slot)
  expect([evictedBy(slots), evictedBy(slots), evictedBy(slots)]).toEqual([1_000, 2_001, 0]) // the first round skipped 0
})

test('new content in a freed slot counts as not used', () => {
  const slots = createSlots(2)
  for (let taken = 0; taken < 2; taken++) evictedBy(slots)
  slots.markUsed(0)
  slots.free(0)
  expect([evictedBy(slots), evictedBy(slots)]).toEqual([null, 0])
})

test('cleared slots behave like new ones', () => {
  const slots = createSlots(2)
  for (let taken = 0; taken < 3; taken++) evictedBy(slots)
  slots.markUsed(0)
  slots.free(1)
  slots.clear()
  expect(Array.from({ length: 4 }, () => evictedBy(slots))).toEqual([null, null, 0, 1])
})
