/*
 * Hands mails to a mail server (RFC 5321), one connection a mail: mails are rare, and a connection kept open is one that
 * the server may have closed meanwhile.
 * Supported: STARTTLS and implicit TLS with a certificate that Node trusts (NODE_EXTRA_CA_CERTS adds others), SMTPUTF8.
 * Refused on purpose: plain text to another machine, parameters in the address, more than one recipient, attachments.
 * On loopback, where plain text would do too, STARTTLS is taken with any certificate: that of a mail server which a
 * distribution installed is self-signed. Proved by smtp.test.ts.
 */
import { type Clock, SECOND_MS, systemClock } from '../kernel/clock.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { createOptionalImport } from '../kernel/optional-import.ts'
import { headerText } from './header-text.ts'
import { type MailFrom, parseMailFrom } from './mail-from.ts'
import { type Mailer, MailRefused, type Message } from './message.ts'
import { parseSmtpUrl, type SmtpServer } from './smtp-url.ts'

/** What `createSmtpMailer` takes. */
export interface SmtpMailerOptions {
  /** `smtp://user:password@host:587` or `smtps://user:password@host:465`. */
  readonly url: string
  /** `Name <address>` or `address`. */
  readonly from: string
  /** Milliseconds until the server is connected, TLS and its greeting included. Default 10 seconds. */
  readonly connectTimeoutMs?: number
  /** Milliseconds for a whole mail. Default 20 seconds. */
  readonly timeoutMs?: number
  /** Tells the time for `Date`. Default: the machine's. */
  readonly clock?: Clock
}

/** A mailer that ends. */
export interface SmtpMailer {
  /** Resolves when the server has taken the mail. Rejects with `MailRefused` when it refused the recipient for good. */
  readonly send: Mailer
  /** Breaks off what is being sent, which may then arrive twice, and sends nothing any more. */
  close(): void
}

const CONNECT_MS = 10 * SECOND_MS
const WHOLE_MS = 20 * SECOND_MS
/** A Message-ID of the common kind (RFC 5322 section 3.6.4). */
const MESSAGE_ID = /^[\w.+-]{1,100}@[\w.:[\]-]{1,255}$/
const HEADERS = {
  'Auto-Submitted': 'auto-generated', // RFC 3834 section 5: nobody's vacation notice answers
  'X-Auto-Response-Suppress': 'All', // the same for Exchange (MS-OXCMAIL)
} as const

const loadNodemailer = createOptionalImport(() => import('nodemailer'), 'nodemailer', 'Mail by SMTP')

/**
 * Makes the mailer; connects to nothing yet.
 * @throws Error when the address or the sender is wrong, or the package nodemailer is not installed.
 */
export async function createSmtpMailer(options: SmtpMailerOptions): Promise<SmtpMailer> {
  const { timeoutMs = WHOLE_MS, clock = systemClock } = options
  const server = parseSmtpUrl(options.url)
  const from = parseMailFrom(options.from)
  const { createTransport } = await loadNodemailer()
  const transport = createTransport(connection(server, options.connectTimeoutMs ?? CONNECT_MS))
  const closed = new AbortController()

  async function send(message: Message): Promise<void> {
    const to = parseRecipient(message.to)
    const mail = compose({ message, from, to, date: new Date(clock()) })
    const deadline = AbortSignal.timeout(timeoutMs)
    try {
      await transport.sendMail({ ...mail, signal: AbortSignal.any([closed.signal, deadline]) })
    } catch (error) {
      if (deadline.aborted) throw new Error(`The mail server took longer than ${timeoutMs} ms`, { cause: error })
      throw toMailRefused(error) ?? error
    }
  }

  return {
    send,
    close() {
      closed.abort(new Error('The mailer is closed'))
      transport.close()
    },
  }
}

function parseRecipient(text: string): EmailAddress {
  const address = parseEmailAddress(text)
  if (address === null) throw new MailRefused('The recipient is no email address')
  return address
}

function connection({ host, port, isImplicitTls, isLoopback, auth }: SmtpServer, connectTimeoutMs: number) {
  return {
    host,
    port,
    secure: isImplicitTls,
    requireTLS: !isImplicitTls && !isLoopback,
    tls: { rejectUnauthorized: isImplicitTls || !isLoopback },
    ...(auth === null ? {} : { auth }),
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
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

/** What nodemailer sends. Addresses are objects, so none is parsed again; the envelope has exactly one recipient. */
function compose({ message, from, to, date }: Letterhead) {
  if (!MESSAGE_ID.test(message.id)) throw new TypeError('The id of a mail must look like unique@host')
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
    encoding: 'quoted-printable', // no server may break a line, and a link with it
  }
}

/**
 * 5xx to RCPT: this recipient is refused for good (RFC 5321 section 4.2.1). 5xx to a login, a sender or the content is
 * not: an operator mends that, and the mail is still wanted. Null for these.
 */
function toMailRefused(error: unknown): MailRefused | null {
  if (!(error instanceof Error) || !('command' in error) || error.command !== 'RCPT TO') return null
  const { permanent, response } = error as { permanent?: boolean; response?: unknown } // of nodemailer's errors
  if (permanent !== true) return null
  return new MailRefused(`The mail server refused the recipient: ${headerText(String(response))}`, { cause: error })
}
