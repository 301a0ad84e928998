import { expect, onTestFinished, test, vi } from 'vitest'
import { guardReporter } from './listeners.ts'
import { Warning } from './warning.ts'

test('standard error tells a warning from a failure', () => {
  const printed: unknown[][] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...parts) => void printed.push(parts))
  onTestFinished(() => spy.mockRestore())
  const report = guardReporter()
  const error = new Error('no disk')
  report(new Warning('Passkeys are off.'), null)
  report(error, null)
  report(error, 'r-1')
  expect(printed).toEqual([
    ['latchkey: Passkeys are off.'],
    ['latchkey: background work failed', error],
    ['latchkey: request r-1 failed', error],
  ])
})
