import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.ts'

const PORTS = 300
const PROGRAM = `
  import { freePort } from ${JSON.stringify(new URL('./free-port.ts', import.meta.url).href)}
  const ports = []
  for (let count = 0; count < ${PORTS}; count++) ports.push(await freePort())
  console.log(ports.join())
  process.stdin.resume() // runs until it is killed`

/** Starts a process that reserves ports and keeps them; returns the ports. */
async function reserveElsewhere(): Promise<number[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  return String(line).split(',').map(Number)
}

test('three processes that live at the same time never get the same port', async () => {
  const own = Array.from({ length: PORTS }, freePort)
  const all = (await Promise.all([reserveElsewhere(), reserveElsewhere(), ...own])).flat()
  expect(all).toHaveLength(3 * PORTS)
  expect(new Set(all).size).toBe(3 * PORTS)
})
