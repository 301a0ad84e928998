import { expect, test } from 'vitest'
import { createMailLines } from './mail-lines.ts'

const mail = (to: string, isUrgent = false) => ({ to, isUrgent })

test('recipients take turns: a recipient with many emails delays no other', () => {
  const lines = createMailLines(2)
  lines.add([mail('eve'), mail('eve'), mail('eve'), mail('ada'), mail('bob'), mail('ada')])
  const order: string[] = []
  for (let next = lines.next(); next !== null; next = lines.next()) {
    order.push(next.to)
    lines.finish(next)
  }
  expect(order).toEqual(['eve', 'ada', 'bob', 'eve', 'ada', 'eve'])
})

test('an urgent email is next, and one place is for urgent emails only', () => {
  const lines = createMailLines(3)
  lines.add([mail('ada'), mail('bob'), mail('eve'), mail('zoe', true)])
  expect([lines.next(), lines.next(), lines.next()]).toEqual([mail('zoe', true), mail('ada'), null])
  lines.add([mail('tim', true)])
  expect([lines.next(), lines.next()]).toEqual([mail('tim', true), null])
  lines.finish(mail('ada'))
  expect(lines.next()).toBeNull() // two urgent ones use the places of ordinary ones
  lines.finish(mail('zoe', true))
  expect(lines.next()).toEqual(mail('bob'))
  expect(lines.waiting).toBe(1)
})

test('a slow recipient uses two places at most', () => {
  const lines = createMailLines(5)
  lines.add([mail('slow'), mail('slow'), mail('slow'), mail('ada')])
  expect([lines.next()?.to, lines.next()?.to, lines.next()?.to, lines.next()]).toEqual(['slow', 'ada', 'slow', null])
  lines.finish(mail('slow'))
  expect(lines.next()?.to).toBe('slow')
})

test('with one place, every email is sent, one after another', () => {
  const lines = createMailLines(1)
  lines.add([mail('ada'), mail('bob', true)])
  expect([lines.next()?.to, lines.next()]).toEqual(['bob', null])
  lines.finish(mail('bob', true))
  expect(lines.next()?.to).toBe('ada')
  expect(lines.clear()).toEqual([])
})
