/*
 * Ports for servers that must know their port before they start. Another process can take a free port before its server
 * binds it. Therefore each port is first reserved against every other process that calls `freePort`, as long as this
 * process lives. The range is below the ports that systems use for outgoing connections and for `listen(0)`.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

const FIRST_PORT = 10_000
const COUNT = 10_000
/**
 * A UDP port serves as the lock of a port: the system gives it to one process only, and frees it when the process ends.
 */
const LOCK_OFFSET = 10_000

const locks = new Map<number, Socket>()

/** Reserves a port that no process listens on, until this process ends. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * COUNT)
    const lock = locks.has(port) ? null : await tryLock(port + LOCK_OFFSET)
    if (lock === null) continue
    locks.set(port, lock)
    if (await isFree(port)) return port
  }
}

async function tryLock(lockPort: number): Promise<Socket | null> {
  const socket = createSocket('udp4').unref()
  try {
    socket.bind({ port: lockPort, address: '127.0.0.1', exclusive: true })
    await once(socket, 'listening')
    return socket
  } catch {
    socket.close()
    return null
  }
}

/** Returns true if a server can listen on the port, on all addresses. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, exclusive: true })
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
