import { connect, type Socket } from 'node:net'

/** Where to connect to, and until when. */
export interface SmtpSocketOptions {
  readonly host: string
  readonly port: number
  /** Time limit for connecting, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Destroys the connection at any time, also after TLS has started on it. */
  readonly signal: AbortSignal
}

/** The way in which every version of nodemailer takes an open connection. */
type Take = (error: Error | null, found?: { readonly connection: Socket }) => void

/**
 * Returns the option `getSocket` of nodemailer, which opens the connection of one email. Nodemailer before 10 cannot abort an
 * email itself.
 */
export function createSocketGetter(options: SmtpSocketOptions): (settings: unknown, take: Take) => void {
  const { host, port, connectTimeoutMs, signal } = options
  return (_settings, take) => {
    const socket = connect({ host, port, signal, keepAlive: true })
    const fail = (error: Error): void => take(error)
    socket.once('error', fail)
    socket.setTimeout(connectTimeoutMs, () => {
      const timeout = new Error(`The mail server did not accept the connection within ${connectTimeoutMs} ms`)
      socket.destroy(Object.assign(timeout, { code: 'ETIMEDOUT' }))
    })
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.on('error', () => undefined) // nodemailer listens only after TLS has started, or has given up
      socket.off('error', fail)
      take(null, { connection: socket })
    })
  }
}
