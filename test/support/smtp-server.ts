/* A real mail server for the tests. It keeps the emails it receives, and fails as mail servers do. */
import { EventEmitter, once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import type { Certificate } from './certificate.ts'

/** An email as it arrived. */
export interface CaughtMail {
  readonly from: string
  /** The recipients in the envelope, which can differ from the headers. */
  readonly to: readonly string[]
  readonly isSmtpUtf8: boolean
  readonly isTls: boolean
  /** The user who authenticated to send the email; null without authentication. */
  readonly user: string | null
  /** The email as received over the connection. */
  readonly raw: string
  readonly parsed: ParsedMail
}

/**
 * How the server treats emails: `accept`; `fail` with 451 (temporary); `reject` recipients with 550; `reject_content`
 * with 554 after DATA; `hang` without a reply to RCPT; `swallow` the email without a reply after DATA; `silent` without
 * a greeting.
 */
export type SmtpBehaviour = 'accept' | 'fail' | 'reject' | 'reject_content' | 'hang' | 'swallow' | 'silent'

/** A server that a test may stop, start again and cause to fail. */
export interface TestSmtpServer {
  readonly port: number
  /** `smtp://127.0.0.1:<port>`, or `smtps://localhost:<port>`. */
  readonly url: string
  /** All emails that were accepted. */
  readonly mails: readonly CaughtMail[]
  /** Resolves with the first email that matches, as soon as it has arrived. */
  waitForMail(fits?: (mail: CaughtMail) => boolean): Promise<CaughtMail>
  /** Resolves when the next client has connected. */
  waitForConnection(): Promise<void>
  /** Resolves when the currently connected clients have disconnected. */
  waitForDisconnection(): Promise<void>
  behave(behaviour: SmtpBehaviour): void
  /** Closes all connections and refuses new ones. */
  stop(): Promise<void>
  /** Listens again on the same port after `stop`. */
  start(): Promise<void>
}

/** Options of the server. */
export interface TestSmtpOptions {
  /** Requires a certificate: `starttls` offers TLS, `implicit` accepts nothing else. */
  readonly tls?: 'starttls' | 'implicit'
  readonly certificate?: Certificate
  /** Credentials that clients must send. Default: none. */
  readonly login?: { readonly user: string; readonly password: string }
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string
  /** True if the server accepts UTF-8 addresses (RFC 6531). Default true. */
  readonly smtpUtf8?: boolean
}

/** Starts a server on a free port. */
export async function startSmtpServer(options: TestSmtpOptions = {}): Promise<TestSmtpServer> {
  const { host = '127.0.0.1' } = options
  const mails: CaughtMail[] = []
  const events = new EventEmitter()
  let behaviour: SmtpBehaviour = 'accept'
  let running = await listen(0)
  const { port } = running.server.server.address() as AddressInfo

  async function listen(onPort: number): Promise<{ server: SMTPServer; sockets: Set<Socket> }> {
    const server = new SMTPServer({ ...settings(options), ...handlers() })
    const sockets = new Set<Socket>()
    server.on('error', () => undefined) // tests abort connections
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      events.emit('connection')
    })
    server.listen(onPort, host)
    await once(server.server, 'listening')
    return { server, sockets }
  }

  function handlers(): SMTPServerOptions {
    return {
      onConnect: (_session, done) => (behaviour === 'silent' ? undefined : done()),
      onAuth({ username, password }, _session, done) {
        const isRight = username === options.login?.user && password === options.login?.password
        done(isRight ? null : new Error('wrong user or password'), isRight ? { user: username } : undefined)
      },
      onRcptTo({ address }, _session, done) {
        // Without the extension an address is ASCII (RFC 6531 section 3.2); this server would accept any address.
        if (options.smtpUtf8 === false && /[^\0-\u007f]/.test(address)) return done(reply(553, 'not an address'))
        if (behaviour === 'fail') return done(reply(451, 'try again later'))
        if (behaviour === 'reject') return done(reply(550, 'no such user'))
        if (behaviour !== 'hang') done()
      },
      onData(stream, session, done) {
        stream.toArray().then(async (chunks: Buffer[]) => {
          if (behaviour === 'reject_content') return done(reply(554, 'no such content'))
          const mail = await toCaughtMail(Buffer.concat(chunks), session)
          mails.push(mail)
          if (behaviour !== 'swallow') done()
          events.emit('mail', mail)
        }, done)
      },
    }
  }

  return {
    port,
    url: options.tls === 'implicit' ? `smtps://localhost:${port}` : `smtp://127.0.0.1:${port}`,
    mails,
    async waitForMail(fits = () => true) {
      let mail = mails.find(fits)
      while (mail === undefined) {
        await once(events, 'mail')
        mail = mails.find(fits)
      }
      return mail
    },
    async waitForConnection() {
      await once(events, 'connection')
    },
    async waitForDisconnection() {
      await Promise.all([...running.sockets].map((socket) => once(socket, 'close')))
    },
    behave(next) {
      behaviour = next
    },
    async stop() {
      const { server, sockets } = running
      const closed = new Promise<void>((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async start() {
      running = await listen(port)
    },
  }
}

function settings({ tls, certificate, login, smtpUtf8 = true }: TestSmtpOptions): SMTPServerOptions {
  return {
    ...(certificate ?? {}),
    secure: tls === 'implicit',
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(login === undefined ? ['AUTH'] : [])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    hideSMTPUTF8: !smtpUtf8,
    disableReverseLookup: true,
    logger: false,
  }
}

async function toCaughtMail(content: Buffer, { envelope, secure, user }: SMTPServerSession): Promise<CaughtMail> {
  return {
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    isSmtpUtf8: envelope.smtpUtf8 === true,
    isTls: secure,
    user: typeof user === 'string' ? user : null,
    raw: content.toString('utf8'),
    parsed: await simpleParser(content),
  }
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
