/* One address for several servers, as a virtual IP address or a DNS name is: a failover leads it to another server. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** An address that leads to one server at a time. */
export interface Switch {
  readonly port: number
  /**
   * Leads new connections to the server on this port. Those that exist stay where they are, unless `cut` is true.
   */
  leadTo(port: number, options?: { readonly cut?: boolean }): void
  close(): Promise<void>
}

/** Starts a switch that leads to the server on this port. */
export async function startSwitch(first: number): Promise<Switch> {
  let target = first
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port, { cut = false } = {}) {
      target = port
      if (cut) cutAll()
    },
    async close() {
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}
