/* Emails as a real mail server receives them. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, makeCertificate } from '../../test/support/certificate.ts'
import { composerOf } from '../../test/support/mail-samples.ts'
import { startSmtpServer, type TestSmtpOptions, type TestSmtpServer } from '../../test/support/smtp-server.ts'
import { MailRefused, type Message } from './message.ts'
import { createSmtpMailer, type SmtpMailer, type SmtpMailerOptions } from './smtp.ts'

const FROM = '"Acme, Inc." <no-reply@acme.example>'
const LINK = `https://acme.example/auth/password/reset?token=${'A-_9'.repeat(60)}&next=%2Faccount`
const MAIL: Message = {
  id: '0199b2c4-7d1e-7000-8000-000000000001@acme.example',
  to: 'ada@example.com',
  ...composerOf()({ kind: 'password_reset', link: LINK, minutes: 60 }),
}

describe('mail by SMTP', () => {
  const mailers: SmtpMailer[] = []
  const servers: TestSmtpServer[] = []
  let server: TestSmtpServer

  async function start(options?: TestSmtpOptions): Promise<TestSmtpServer> {
    const started = await startSmtpServer(options)
    servers.push(started)
    return started
  }

  async function connect(options: Partial<SmtpMailerOptions> = {}): Promise<SmtpMailer> {
    const mailer = await createSmtpMailer({ url: server.url, from: FROM, ...options })
    mailers.push(mailer)
    return mailer
  }

  beforeAll(async () => {
    server = await start()
  })
  afterEach(() => {
    server.behave('accept')
    for (const mailer of mailers.splice(0)) mailer.close()
  })
  afterAll(() => Promise.all(servers.map((each) => each.stop())))

  async function receive(message: Partial<Message>, options: Partial<SmtpMailerOptions> = {}) {
    const mailer = await connect(options)
    const before = server.mails.length
    await mailer.send({ ...MAIL, ...message })
    expect(server.mails).toHaveLength(before + 1)
    return server.waitForMail((mail) => server.mails.indexOf(mail) === before)
  }

  test('the server receives one email to one recipient, with the headers of an automatic email (ASVS 1.3.11)', async () => {
    const at = Date.UTC(2026, 10, 23, 4, 11, 5)
    const { from, to, parsed, raw } = await receive({}, { clock: () => at })
    expect({ from, to }).toEqual({ from: 'no-reply@acme.example', to: ['ada@example.com'] })
    expect(parsed.from?.value).toEqual([{ name: 'Acme, Inc.', address: 'no-reply@acme.example' }])
    expect(parsed.to).toMatchObject({ value: [{ name: '', address: 'ada@example.com' }] })
    expect(parsed.messageId).toBe(`<${MAIL.id}>`)
    expect(parsed.date?.getTime()).toBe(at)
    const names = parsed.headerLines.map(({ key }) => key).sort()
    const standard = ['content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']
    expect(names).toEqual(['auto-submitted', ...standard, 'x-auto-response-suppress'])
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
    expect(parsed.headers.get('x-auto-response-suppress')).toBe('All')
    expect(raw).not.toMatch(/nodemailer/i)
  })

  test('text and HTML arrive unchanged, with an unbroken link, in lines that every server accepts', async () => {
    const { parsed, raw } = await receive({})
    expect(parsed.subject).toBe(MAIL.subject)
    expect(parsed.text).toBe(MAIL.text)
    expect(parsed.html).toBe(MAIL.html)
    expect(parsed.attachments).toEqual([])
    expect(parsed.text?.split('\n')).toContain(LINK)
    expect(raw.match(/^Content-Transfer-Encoding: quoted-printable\r$/gm)).toHaveLength(2)
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78)
  })

  test('an email that is sent again has the same Message-ID', async () => {
    const [first, second] = [await receive({}), await receive({})]
    expect(second.parsed.messageId).toBe(first.parsed.messageId)
  })

  test.each([
    ['a line break', 'Hello\r\nBcc: eve@example.com', 'Hello Bcc: eve@example.com'],
    ['a bare line feed', 'Hello\nBcc: eve@example.com', 'Hello Bcc: eve@example.com'],
    ['the end of the head', 'Hello\r\n\r\n<h1>Mine</h1>', 'Hello <h1>Mine</h1>'],
    ['Unicode line separators', 'Hello\u2028Bcc: x\u0085y', 'Hello Bcc: xy'],
    ['a bidi override', 'Your \u202egnp.exe\u202c file', 'Your gnp.exe file'],
    ['an encoded word', '=?utf-8?q?=0D=0ABcc=3A_eve=40example.com?=', '= ?utf-8?q?=0D=0ABcc=3A_eve=40example.com?='],
    ['a name in many scripts', 'Привет, 世界 👩‍💻', 'Привет, 世界 👩‍💻'],
  ])('%s in a subject cannot add a header', async (_, subject, arrived) => {
    const { to, parsed } = await receive({ subject })
    expect(to).toEqual(['ada@example.com'])
    expect(parsed.subject).toBe(arrived)
    expect(parsed.headers.has('bcc')).toBe(false)
    expect(parsed.text).toBe(MAIL.text)
  })

  test.each([
    ['a second address after a comma', 'ada@example.com, eve@example.com'],
    ['a second address after a semicolon', 'ada@example.com;eve@example.com'],
    ['a display name', 'Ada <eve@example.com>'],
    ['a display name that is an address', '"ada@example.com" <eve@example.com>'],
    ['a comment', 'ada@example.com(eve@example.com)'],
    ['a group', 'all:ada@example.com,eve@example.com;'],
    ['a quoted local part', '"ada@example.com,eve"@example.com'],
    ['a line break', 'ada@example.com\r\nRCPT TO:<eve@example.com>'],
    ['a closing bracket', 'ada@example.com> SIZE=1 <eve@example.com'],
    ['a source route', '@evil.example:ada@example.com'],
    ['a percent hack through a second @', 'ada@example.com@evil.example'],
    ['an encoded word', '=?utf-8?q?eve=40example.com=2c?=@example.com'],
    ['300 characters', `${'a'.repeat(60)}@${'b.'.repeat(115)}example`],
    ['nothing', ''],
  ])('%s as an address is refused, and no recipient gets the email', async (_, to) => {
    const mailer = await connect()
    const before = server.mails.length
    await expect(mailer.send({ ...MAIL, to })).rejects.toThrow(MailRefused)
    expect(server.mails).toHaveLength(before)
  })

  test('characters with a special meaning elsewhere are part of the address (ASVS 1.3.11)', async () => {
    const address = "o'hara!#$%&*+/?=^_`{|}~-@example.com"
    const { to, parsed } = await receive({ to: address })
    expect(to).toEqual([address])
    expect(parsed.to).toMatchObject({ value: [{ address }] })
  })

  test('a local part in UTF-8 arrives if the server supports it, and is refused permanently if not', async () => {
    const address = 'почта@xn--80a1acny.xn--p1ai'
    const { to, isSmtpUtf8 } = await receive({ to: address })
    expect(isSmtpUtf8).toBe(true)
    expect(to).toEqual(['почта@почта.рф'])
    const old = await start({ smtpUtf8: false })
    const mailer = await connect({ url: old.url })
    await expect(mailer.send({ ...MAIL, to: address })).rejects.toThrow(MailRefused)
    expect(old.mails).toEqual([])
  })

  test.each(['<1@a>', '1@a>\r\nBcc: <eve@example.com', 'no-at-sign', ''])(
    'the id %j is refused with a TypeError',
    async (id) => {
      const mailer = await connect()
      await expect(mailer.send({ ...MAIL, id })).rejects.toThrow(TypeError)
    },
  )

  test('content that looks like a file path or a URL stays plain text', async () => {
    const { parsed } = await receive({ text: '/etc/hostname', html: 'file:///etc/hostname' })
    expect(parsed.text).toBe('/etc/hostname')
    expect(parsed.html).toBe('file:///etc/hostname')
  })
})

describe('a mail server in trouble', () => {
  let server: TestSmtpServer
  let mailer: SmtpMailer
  beforeAll(async () => {
    server = await startSmtpServer()
    mailer = await createSmtpMailer({ url: server.url, from: FROM })
  })
  afterEach(() => server.behave('accept'))
  afterAll(async () => {
    mailer.close()
    await server.stop()
  })

  const failure = (sent: Promise<void>): Promise<unknown> =>
    sent.then(
      () => 'sent',
      (error: unknown) => error,
    )

  test('550 to the recipient is permanent, and the error contains the answer of the server', async () => {
    server.behave('reject')
    const error = await failure(mailer.send(MAIL))
    expect(error).toBeInstanceOf(MailRefused)
    expect(String(error)).toContain('550 no such user')
  })

  test.each(['fail', 'reject_content'] as const)(
    '%s does not refuse the recipient, so the email is retried',
    async (behaviour) => {
      server.behave(behaviour)
      const error = await failure(mailer.send(MAIL))
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(MailRefused)
      server.behave('accept')
      await mailer.send(MAIL)
    },
  )

  test('sending to a server that is down is retried, and the email arrives when the server is back', async () => {
    await server.stop()
    const error = await failure(mailer.send(MAIL))
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(MailRefused)
    await server.start()
    const before = server.mails.length
    await mailer.send(MAIL)
    expect(server.mails).toHaveLength(before + 1)
  })

  test('a missing greeting fails after the connect timeout, a missing answer after the whole timeout', async () => {
    const hasty = await createSmtpMailer({ url: server.url, from: FROM, connectTimeoutMs: 200 })
    server.behave('silent')
    expect(await failure(hasty.send(MAIL))).toMatchObject({ code: 'ETIMEDOUT' })
    hasty.close()
    const impatient = await createSmtpMailer({ url: server.url, from: FROM, timeoutMs: 500 })
    server.behave('hang')
    expect(String(await failure(impatient.send(MAIL)))).toBe('Error: The mail server took longer than 500 ms')
    impatient.close()
  })

  test('closing aborts a hanging email, and nothing is sent afterwards', async () => {
    const closing = await createSmtpMailer({ url: server.url, from: FROM })
    server.behave('hang')
    const sending = failure(closing.send(MAIL))
    await server.waitForConnection()
    closing.close()
    expect(String(await sending)).toBe('Error: The mailer is closed')
    server.behave('accept')
    const before = server.mails.length
    expect(await failure(closing.send(MAIL))).toBeInstanceOf(Error)
    expect(server.mails).toHaveLength(before)
  })
})

describe('TLS to the mail server', () => {
  const trusted = getCACertificates('default')
  // 0.0.0.0 connects to this machine but is not a loopback address, so it is treated like any other machine.
  const elsewhere = ['DNS:localhost', 'IP:0.0.0.0']
  const login = { user: 'acme', password: 'p@ss:/wörd' }
  let certificate: Certificate
  const servers: TestSmtpServer[] = []
  beforeAll(() => {
    certificate = makeCertificate(elsewhere)
  })
  afterEach(async () => {
    setDefaultCACertificates(trusted)
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  })

  async function start(options: TestSmtpOptions): Promise<TestSmtpServer> {
    const server = await startSmtpServer({ certificate, ...options })
    servers.push(server)
    return server
  }

  async function sendTo(url: string): Promise<string> {
    const mailer = await createSmtpMailer({ url, from: FROM })
    try {
      await mailer.send(MAIL)
      return 'sent'
    } catch (error) {
      expect(error).not.toBeInstanceOf(MailRefused)
      return String((error as { code?: string }).code)
    } finally {
      mailer.close()
    }
  }

  test('another machine without TLS receives nothing', async () => {
    const server = await start({ host: '0.0.0.0' })
    expect(await sendTo(`smtp://0.0.0.0:${server.port}`)).toMatch(/^E(?:TLS|CONNECTION)$/)
    expect(server.mails).toEqual([])
  })

  test.each(['starttls', 'implicit'] as const)(
    '%s: a server with an untrusted certificate receives nothing',
    async (tls) => {
      const server = await start({ host: '0.0.0.0', tls })
      const url = `${tls === 'implicit' ? 'smtps' : 'smtp'}://0.0.0.0:${server.port}`
      expect(await sendTo(url)).toMatch(/^E(?:TLS|SOCKET)$/)
      expect(server.mails).toEqual([])
      setDefaultCACertificates([...trusted, certificate.cert])
      expect(await sendTo(url)).toBe('sent')
      expect(server.mails[0]?.isTls).toBe(true)
    },
  )

  test('a server with a trusted certificate for another host receives nothing', async () => {
    certificate = makeCertificate(['DNS:mail.example.com'])
    setDefaultCACertificates([...trusted, certificate.cert])
    const starttls = await start({ host: '0.0.0.0', tls: 'starttls' })
    const implicit = await start({ tls: 'implicit' })
    expect(await sendTo(`smtp://0.0.0.0:${starttls.port}`)).not.toBe('sent')
    expect(await sendTo(implicit.url)).not.toBe('sent')
    expect([...starttls.mails, ...implicit.mails]).toEqual([])
    certificate = makeCertificate(elsewhere)
  })

  test('on this machine STARTTLS is used if the server offers it, with any certificate', async () => {
    const server = await start({ tls: 'starttls' })
    expect(await sendTo(server.url)).toBe('sent')
    expect(server.mails[0]?.isTls).toBe(true)
  })

  test.each(['starttls', 'implicit'] as const)('%s: a missing answer after TLS has started is aborted', async (tls) => {
    const server = await start({ tls })
    if (tls === 'implicit') setDefaultCACertificates([...trusted, certificate.cert])
    server.behave('hang')
    const mailer = await createSmtpMailer({ url: server.url, from: FROM, timeoutMs: 500 })
    await expect(mailer.send(MAIL)).rejects.toThrow('The mail server took longer than 500 ms')
    await server.waitForDisconnection()
    mailer.close()
  })

  test('the user and password in the URL log in; with wrong ones nothing is sent', async () => {
    const server = await start({ tls: 'starttls', login })
    const url = (password: string) => server.url.replace('//', `//${login.user}:${encodeURIComponent(password)}@`)
    expect(await sendTo(url('wrong'))).toBe('EAUTH')
    expect(server.mails).toEqual([])
    expect(await sendTo(url(login.password))).toBe('sent')
    expect(server.mails[0]?.user).toBe('acme')
  })
})
