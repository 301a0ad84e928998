import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createPollWatch, noteCommit } from './poll-watch.ts'

/** Runs a check without interruption; repeats it if the machine interrupted it. */
function withinAMillisecond<Outcome>(check: () => Outcome): Outcome {
  for (let attempt = 0; attempt < 100; attempt++) {
    const startedAt = performance.now()
    const outcome = check()
    if (performance.now() - startedAt < 0.5) return outcome
  }
  throw new Error('The machine is too busy to run a check within half a millisecond')
}

test('one look is enough until the event loop polls the system again', async () => {
  const looks = () => {
    const isFreshPoll = createPollWatch()
    return [isFreshPoll(), isFreshPoll(), isFreshPoll()]
  }
  expect(withinAMillisecond(looks)).toEqual([false, true, true])
  const isSamePoll = createPollWatch()
  expect(
    await (async () => {
      isSamePoll()
      await nextTurn()
      return isSamePoll()
    })(),
  ).toBe(false)
})

test('a look is out of date after a commit of this process, and after a millisecond', () => {
  const isSamePoll = createPollWatch()
  const afterCommit = withinAMillisecond(() => {
    isSamePoll()
    noteCommit()
    return isSamePoll()
  })
  expect(afterCommit).toBe(false)
  isSamePoll()
  const startedAt = performance.now()
  while (performance.now() - startedAt < 1.1);
  expect(isSamePoll()).toBe(false)
})

test('each request sent after an answer gets a new look, even on the same connection', async () => {
  const isSamePoll = createPollWatch()
  const looks: boolean[] = []
  const server = createServer((_, response) => {
    looks.push(isSamePoll())
    response.end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  for (let request = 0; request < 50; request++) await (await fetch(`http://127.0.0.1:${port}/`)).text()
  server.close()
  expect(looks).toEqual(Array.from({ length: 50 }, () => false))
})
