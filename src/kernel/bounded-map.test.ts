import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBoundedMap, type Entry } from './bounded-map.ts'

const KEYS = Array.from({ length: 8 }, (_, key) => key)

/** The model: a list with the youngest entry last. After each operation a bounded map must return what the list returns. */
function createModel(maxEntries: number) {
  let entries: Entry<number, number>[] = []
  return {
    get: (key: number) => entries.find((entry) => entry.key === key)?.value,
    delete(key: number) {
      entries = entries.filter((entry) => entry.key !== key)
    },
    set(key: number, value: number) {
      this.delete(key)
      entries.push({ key, value })
      return entries.length > maxEntries ? (entries.shift() ?? null) : null
    },
    clear() {
      entries = []
    },
  }
}

const key = fc.constantFrom(...KEYS)
const operation = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)

test('a bounded map contains the youngest entries, and returns the evicted one', () => {
  fc.assert(
    fc.property(fc.nat(6), fc.array(operation, { maxLength: 60 }), (maxEntries, operations) => {
      const map = createBoundedMap<number, number>(maxEntries)
      const model = createModel(maxEntries)
      for (const each of operations) {
        if (each.kind === 'set') expect(map.set(each.key, each.value)).toEqual(model.set(each.key, each.value))
        else if (each.kind === 'delete') {
          map.delete(each.key)
          model.delete(each.key)
        } else {
          map.clear()
          model.clear()
        }
        expect(KEYS.map((any) => map.get(any))).toEqual(KEYS.map((any) => model.get(any)))
      }
    }),
  )
})

test('setting an entry again makes it the youngest; reading it does not', () => {
  const map = createBoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  expect(map.set('c', 4)).toEqual({ key: 'b', value: 2 })
  map.get('a')
  expect(map.set('d', 5)).toEqual({ key: 'a', value: 3 })
})
