/*
 * Passes emails to a mail server (RFC 5321), one connection per email: emails are rare, and the server may close an
 * idle connection. Supported: STARTTLS and implicit TLS with a certificate that Node trusts (NODE_EXTRA_CA_CERTS adds
 * others), SMTPUTF8.
 *
 * Refused on purpose: plain text to another machine, parameters in the URL, more than one recipient, attachments. On
 * loopback, and with a setting on a private network, plain text is allowed. STARTTLS is used there with any certificate, because the mail servers of Linux
 * distributions have self-signed ones. Proven by smtp.test.ts.
 */
import { z } from 'zod'
import { acceptConfiguration, booleanSchema, delaySchema, strictMembers } from '../kernel/arguments.ts'
import { type Clock, SECOND_MS, systemClock } from '../kernel/clock.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { createOptionalImport } from '../kernel/optional-import.ts'
import { functionSchema } from '../kernel/setting-schemas.ts'
import { headerText } from './header-text.ts'
import { type MailFrom, parseMailFrom } from './mail-from.ts'
import { type Mailer, MailRefused, type Message } from './message.ts'
import { createSocketGetter } from './smtp-socket.ts'
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts'

/** Options of `createSmtpMailer`. */
export interface SmtpMailerOptions {
  /** `smtp://user:password@host:587` or `smtps://user:password@host:465`. */
  readonly url: string
  /** `Name <address>` or `address`. */
  readonly from: string
  /** Time limit for the connection including TLS and greeting, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** Time limit for a whole email, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number
  /** If true, plain text to a host of a private network is allowed, such as a test server in Docker. Default false. */
  readonly allowsPrivatePlainText?: boolean
  /** Clock for the header `Date`. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** A mailer that can be closed. */
export interface SmtpMailer {
  /** Resolves when the server has taken the email. Rejects with `MailRefused` if it refused the recipient permanently. */
  readonly send: Mailer
  /** Aborts the email that is being sent, which may then arrive twice. Later calls of `send` are rejected. */
  close(): void
}

const CONNECT_MS = 10 * SECOND_MS
const WHOLE_MS = 20 * SECOND_MS
const CLOSED = 'The mailer is closed'
/** The first permanent reply code (RFC 5321 section 4.2.1). */
const PERMANENT = 500
/** Message-ID in the common form (RFC 5322 section 3.6.4). */
const MESSAGE_ID = /^[\w.+-]{1,100}@[\w.:[\]-]{1,255}$/
const HEADERS = {
  'Auto-Submitted': 'auto-generated', // RFC 3834 section 5: vacation notices do not reply
  'X-Auto-Response-Suppress': 'All', // the same for Exchange (MS-OXCMAIL)
} as const

const loadNodemailer = createOptionalImport(() => import('nodemailer'), {
  name: 'nodemailer',
  since: '6.0.0',
  purpose: 'Email by SMTP',
})

const optionsSchema = strictMembers(
  {
    url: z.string('must be smtp://user:password@host:587 or smtps://user:password@host:465'),
    from: z.string('must be a sender such as "Example <no-reply@example.com>"'),
    connectTimeoutMs: delaySchema.optional(),
    timeoutMs: delaySchema.optional(),
    allowsPrivatePlainText: booleanSchema.optional(),
    clock: functionSchema<Clock>().optional(),
  },
  'option',
)

/**
 * Creates the mailer. It connects when it sends an email.
 * @throws ConfigurationError if an option is unknown or of the wrong type; Error if the URL or the sender is wrong, or the package nodemailer is not installed.
 */
export async function createSmtpMailer(options: SmtpMailerOptions): Promise<SmtpMailer> {
  acceptConfiguration('createSmtpMailer', optionsSchema, options)
  const { timeoutMs = WHOLE_MS, clock = systemClock } = options
  const server = parseSmtpUrl(options.url)
  const from = parseMailFrom(options.from)
  const { createTransport } = await loadNodemailer()
  const isTrusted = server.isLoopback || (server.isPrivate && options.allowsPrivatePlainText === true)
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_MS
  const closed = new AbortController()

  async function send(message: Message): Promise<void> {
    const to = parseRecipient(message.to)
    const mail = compose({ message, from, to, date: new Date(clock()) })
    closed.signal.throwIfAborted()
    const deadline = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([closed.signal, deadline])
    const getSocket = createSocketGetter({ ...server, connectTimeoutMs, signal })
    try {
      await createTransport({ ...connection(server, isTrusted, connectTimeoutMs), getSocket }).sendMail(mail)
    } catch (error) {
      if (closed.signal.aborted) throw new Error(CLOSED, { cause: error })
      if (deadline.aborted) throw new Error(`The mail server took longer than ${timeoutMs} ms`, { cause: error })
      throw toMailRefused(error) ?? error
    }
  }

  return {
    send,
    close: () => closed.abort(new Error(CLOSED)),
  }
}

function parseRecipient(text: string): EmailAddress {
  const address = parseEmailAddress(text)
  if (address === null) throw new MailRefused('The recipient is not an email address')
  return address
}

function connection({ host, port, isImplicitTls, auth }: SmtpServer, isTrusted: boolean, connectTimeoutMs: number) {
  return {
    host,
    port,
    secure: isImplicitTls,
    requireTLS: !isImplicitTls && !isTrusted,
    tls: { rejectUnauthorized: isImplicitTls || !isTrusted },
    ...(auth === null ? {} : { auth }),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

interface Letterhead {
  readonly message: Message
  readonly from: MailFrom
  readonly to: EmailAddress
  readonly date: Date
}

/**
 * Returns the input of nodemailer. Addresses are objects, so that nodemailer does not parse them. The envelope has one
 * recipient.
 */
function compose({ message, from, to, date }: Letterhead) {
  if (!MESSAGE_ID.test(message.id)) throw new TypeError('The id of an email must look like unique@host')
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject: headerText(message.subject),
    text: message.text,
    html: message.html,
    messageId: `<${message.id}>`,
    date,
    headers: HEADERS,
    encoding: 'quoted-printable', // so that no server breaks a line and the link in it
  }
}

/**
 * Returns the error for 5xx to RCPT: the recipient is refused permanently (RFC 5321 section 4.2.1). Returns null for 5xx to
 * a login, a sender or the content: an operator can fix these, and the email is sent afterwards.
 */
function toMailRefused(error: unknown): MailRefused | null {
  if (!(error instanceof Error) || !('command' in error) || error.command !== 'RCPT TO') return null
  const { responseCode = 0, response } = error as { responseCode?: number; response?: unknown } // members of nodemailer's errors
  if (responseCode < PERMANENT) return null
  return new MailRefused(`The mail server refused the recipient: ${headerText(String(response))}`, { cause: error })
}
