/* Accepted and refused values of SMTP_URL and LATCHKEY_MAIL_FROM. */
import { describe, expect, test } from 'vitest'
import { defaultMailFrom, parseMailFrom } from './mail-from.ts'
import { parseSmtpUrl } from './smtp-url.ts'

describe('the sender of emails', () => {
  test.each([
    ['no-reply@example.com', '', 'no-reply@example.com'],
    ['Example <no-reply@example.com>', 'Example', 'no-reply@example.com'],
    [' Example Ltd. & Söhne <No-Reply@EXAMPLE.com> ', 'Example Ltd. & Söhne', 'no-reply@example.com'],
    ['"Example, Inc." <no-reply@example.com>', 'Example, Inc.', 'no-reply@example.com'],
    ['<no-reply@example.com>', '', 'no-reply@example.com'],
    ['Bücher <no-reply@bücher.example>', 'Bücher', 'no-reply@xn--bcher-kva.example'],
  ])('%s', (text, name, address) => {
    expect(parseMailFrom(text)).toEqual({ name, address })
  })

  test.each([
    '',
    'Example',
    'no-reply@localhost',
    'Example no-reply@example.com',
    'Example <no-reply@example.com',
    'Example <no-reply@example.com> x',
    'Example <a@example.com>, Other <b@example.com>',
    'a@example.com, b@example.com',
    'a@example.com <b@example.com>',
    'Example, Inc. <no-reply@example.com>',
    '"Exa"mple" <no-reply@example.com>',
    'Exam\r\nBcc: eve@example.com\r\nple <no-reply@example.com>',
    'Exam\u202eple <no-reply@example.com>',
    '"=?utf-8?q?x?=" <no-reply@example.com>',
    `${'x'.repeat(201)} <no-reply@example.com>`,
  ])('%j is refused with an example of a correct value', (text) => {
    expect(() => parseMailFrom(text)).toThrow(/sender of emails .*"Example <no-reply@example\.com>"/)
  })
})

describe('the default sender', () => {
  test.each([
    ['https://id.example.com', 'no-reply@id.example.com'],
    ['http://localhost:3000', 'no-reply@latchkey.localhost'],
    ['http://127.0.0.1:3000', 'no-reply@latchkey.localhost'],
    ['http://[::1]:3000', 'no-reply@latchkey.localhost'],
    ['https://10.0.0.5', 'no-reply@latchkey.localhost'],
  ])('of %s is an address that a mail server takes', (baseUrl, address) => {
    expect(parseMailFrom(defaultMailFrom(new URL(baseUrl)))).toEqual({ name: '', address })
  })
})

describe('the URL of the mail server', () => {
  const none = { auth: null, isImplicitTls: false, isLoopback: false, isPrivate: false }
  test.each([
    ['smtp://mail.example.com', { ...none, host: 'mail.example.com', port: 587 }],
    ['smtp://MAIL.example.com:25/', { ...none, host: 'mail.example.com', port: 25 }],
    ['smtps://mail.example.com', { ...none, host: 'mail.example.com', port: 465, isImplicitTls: true }],
    ['smtp://localhost:1025', { ...none, host: 'localhost', port: 1025, isLoopback: true, isPrivate: true }],
    ['smtp://127.9.9.9', { ...none, host: '127.9.9.9', port: 587, isLoopback: true, isPrivate: true }],
    ['smtp://[::1]', { ...none, host: '::1', port: 587, isLoopback: true, isPrivate: true }],
    ['smtp://mailpit:1025', { ...none, host: 'mailpit', port: 1025, isPrivate: true }],
    ['smtp://mail.corp.internal', { ...none, host: 'mail.corp.internal', port: 587, isPrivate: true }],
    ['smtp://192.168.1.5', { ...none, host: '192.168.1.5', port: 587, isPrivate: true }],
    ['smtp://172.32.0.1', { ...none, host: '172.32.0.1', port: 587 }],
    ['smtp://[fd00::5]', { ...none, host: 'fd00::5', port: 587, isPrivate: true }],
    ['smtp://[2001:db8::1]', { ...none, host: '2001:db8::1', port: 587 }],
    ['smtp://localhost.example.com', { ...none, host: 'localhost.example.com', port: 587 }],
    ['smtp://127.0.0.1.example.com', { ...none, host: '127.0.0.1.example.com', port: 587 }],
    [
      'smtp://a%40b:p%3Aq%2F@mail.example.com',
      { ...none, host: 'mail.example.com', port: 587, auth: { user: 'a@b', pass: 'p:q/' } },
    ],
  ])('%s', (url, server) => {
    expect(parseSmtpUrl(url)).toEqual(server)
  })

  test.each([
    'mail.example.com',
    'http://ada:s3cret@mail.example.com',
    'smtp:ada:s3cret',
    'smtp:///x',
    'smtp://ada:s3cret@',
    'smtp://ada:s3cret@mail.example.com/?tls.rejectUnauthorized=false',
    'smtp://ada:s3cret@mail.example.com?ignoreTLS=true',
    'smtp://ada:s3cret@mail.example.com#x',
    'smtp://ada:s3cret@mail.example.com/path',
    'smtp://:s3cret@mail.example.com',
    'smtp://s3cret@mail.example.com',
    'smtp://ada:s3cret%@mail.example.com',
    'smtp://ada:s3cret@mail%0d%0aexample.com',
    'smtp://ada:s3cret@mail.example.com:99999',
  ])('%s is refused with an example of a correct value, and the password stays secret', (url) => {
    expect(() => parseSmtpUrl(url)).toThrow(/smtp:\/\/user:password@host:587/)
    try {
      parseSmtpUrl(url)
    } catch (error) {
      expect(String(error)).not.toContain('s3cret')
    }
  })
})
