import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('a limited number of tasks run at once; the others run in the order in which they arrived', async () => {
  const turns = createTurns(2)
  const log: string[] = []
  const run = async (name: string): Promise<void> => {
    const end = await turns.take('ada')
    log.push(`${name} begins`)
    await Promise.resolve()
    log.push(`${name} ends`)
    end?.()
    end?.() // counts once
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(run))
  expect(log.filter((line) => line.endsWith('begins'))).toEqual(['a begins', 'b begins', 'c begins', 'd begins'])
  expect(log.indexOf('c begins')).toBeGreaterThan(log.indexOf('a ends'))
  expect(log.indexOf('d begins')).toBeGreaterThan(log.indexOf('b ends'))
})

test('tasks with another key do not wait; a line that is too long refuses tasks (ASVS 15.4.4)', async () => {
  const turns = createTurns(1)
  const end = await turns.take('ada')
  expect(await turns.take('bob')).not.toBeNull()
  const waiting = Array.from({ length: 128 }, () => turns.take('ada'))
  expect(await turns.take('ada')).toBeNull()
  end?.()
  for (const turn of waiting) (await turn)?.()
  expect(await turns.take('ada')).not.toBeNull()
})
