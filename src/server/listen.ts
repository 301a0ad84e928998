import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Makes a server listen. Resolves with its port. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => resolve((server.address() as AddressInfo).port)) // it listens on TCP
  })
}
