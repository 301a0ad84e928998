import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { ACCOUNT_LINK, AT, composerOf, FORGOT_LINK, MAIL_SAMPLES, TOKEN_LINK } from '../../test/support/mail-samples.ts'
import { LANGUAGES } from '../kernel/language.ts'
import { createLocales } from '../kernel/locale.ts'
import { brandColors } from '../pages/brand.ts'
import type { MailContents, MailKind, MailTextOverrides } from './mails.ts'

const compose = composerOf()
const kinds = MAIL_SAMPLES.map((each) => [each.content.kind, each] as const)

/** Returns the visible text of HTML, as mailparser extracts it. */
async function visible(html: string): Promise<string> {
  const { text = '' } = await simpleParser(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`)
  return text.replace(/\s+/g, ' ')
}

describe('mails', () => {
  test('the docs list every kind', () => {
    const docs = readFileSync(new URL('../../docs/mail.md', import.meta.url), 'utf8')
    const listed = [...docs.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, kind]) => kind)
    expect(listed.sort()).toEqual([...new Set(MAIL_SAMPLES.map(({ content }) => content.kind))].sort())
  })

  test.each(kinds)('%s: text and HTML have the same words, with the name of the site', async (_, { content, says }) => {
    const { subject, text, html } = composerOf({ siteName: 'Acme & Söhne' })(content)
    expect(subject).not.toBe('')
    const seen = await visible(html)
    for (const each of [...says, 'Acme & Söhne']) {
      expect(text).toContain(each)
      expect(seen).toContain(each)
    }
    const words = (part: string): string[] => part.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
    const known = new Set(words(seen))
    expect(words(text).filter((word) => !known.has(word))).toEqual([])
  })

  test.each(kinds)('%s: contains only the given links, each complete and on its own line', (_, { content, links }) => {
    const { text, html } = compose(content)
    expect(text.match(/\S*:\/\/\S*/g)).toEqual(links)
    for (const each of links) expect(text.split('\n')).toContain(each)
    const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target.replaceAll('&amp;', '&'))
    expect(new Set(targets)).toEqual(new Set(links))
    expect(html.match(/class="button"/g)).toHaveLength(1)
  })

  test.each(kinds)('%s: lines of text have at most 76 characters, except for links', (_, { content }) => {
    const { text } = composerOf({ siteName: 'A rather long name of a site' })(content)
    for (const line of text.split('\n').filter((each) => !each.includes('://'))) expect(line.length).toBeLessThan(77)
  })

  test.each(kinds)('%s: loads nothing, runs nothing and does not track readers (ASVS 3.6.1)', (_, { content }) => {
    const { html } = compose(content)
    expect(html).not.toMatch(/<(?:img|script|link|iframe|object|form|base|svg|video)\b|\bsrc=|url\(|@import|\son\w+=/i)
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
  })

  test.each(kinds)(
    '%s: each language has words of its own, with the same links and values',
    (_, { content, links }) => {
      const mails = LANGUAGES.map((language) => ({ language, ...compose(content, language) }))
      expect(new Set(mails.map(({ subject }) => subject)).size).toBe(LANGUAGES.length)
      for (const { language, text, html } of mails) {
        expect(html).toContain(`<html lang="${language}">`)
        expect(text.match(/\S*:\/\/\S*/g)).toEqual(links)
        for (const line of text.split('\n').filter((each) => !each.includes('://')))
          expect(line.length).toBeLessThan(77)
        expect(text).not.toMatch(/undefined|NaN|\[object/)
      }
      const sentences = mails.map(({ text }) => new Set(text.split('\n\n').filter((each) => !each.includes('://'))))
      expect(new Set(sentences.flatMap((each) => [...each])).size).toBe(
        sentences.reduce((sum, { size }) => sum + size, 0),
      )
    },
  )

  test('a language that the site does not speak gets the first one', () => {
    const germanFirst = composerOf({ languages: ['de', 'en'] })
    const content = { kind: 'verify_email', link: TOKEN_LINK, hours: 1 } as const
    expect(germanFirst(content, 'fr')).toEqual(germanFirst(content, 'de'))
    expect(germanFirst(content)).toEqual(germanFirst(content, 'de'))
    expect(germanFirst(content, 'en').subject).toContain('Confirm')
  })

  test('the brand gives colour, logo and address of the help', () => {
    const look = { colors: brandColors('#0a6b4f'), radius: 3, logo: 'https://acme.example/auth/brand/logo.png' }
    const write = composerOf({ look: { ...look, support: 'mailto:help@acme.example?subject=Help' } })
    const { text, html } = write({ kind: 'verify_email', link: TOKEN_LINK, hours: 1 }, 'fr')
    expect(html).toContain('background-color:#0a6b4f;border-radius:3px')
    expect(html.match(/<img [^>]*>/g)).toEqual([
      expect.stringMatching(/src="https:\/\/acme.example\/auth\/brand\/logo.png" alt="Acme"/),
    ])
    expect(html).toContain('<a class="link" href="mailto:help@acme.example?subject=Help"')
    expect(text).toMatch(/\nAide\u00a0: help@acme\.example\n$/)
  })

  test('the code of a login is large, and the only large value', () => {
    const large = kinds.map(([kind, { content }]) => [
      kind,
      /<strong style="font-size:28px[^>]*>([^<]*)/.exec(compose(content).html)?.[1],
    ])
    expect(large.filter(([, value]) => value !== undefined)).toEqual([['email_code', expect.stringMatching(/^\d{8}$/)]])
  })

  test('an unknown IP address is left out', () => {
    const content = { kind: 'new_device', device: 'curl', ip: null, at: AT, accountLink: ACCOUNT_LINK } as const
    expect(compose(content).text).not.toContain('IP address')
  })
})

describe('hostile values', () => {
  const write = (device: string, site = 'Acme') =>
    composerOf({ siteName: site })({ kind: 'new_device', device, ip: '192.0.2.1', at: AT, accountLink: ACCOUNT_LINK })

  test('a device label cannot become markup, a paragraph or a header (ASVS 1.3.7)', () => {
    const { text, html } = write('</strong><img src=x onerror=alert(1)>"\'&\r\n\r\nYour account is closed\u202e')
    expect(html).toContain(
      '&lt;/strong&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp; Your account is closed</strong>',
    )
    expect(text).toMatch(/^Device: <\/strong>.* Your account is closed$/ms)
    expect(text).not.toMatch(/^Your account is closed/m)
    expect(`${text}${html}`).not.toContain('\u202e')
  })

  test('the name of a site cannot become markup or a header (ASVS 1.3.11)', () => {
    const { subject, text, html } = write('curl', '<b>Acme</b>\r\nBcc: eve@example.com\u202e')
    expect(subject).toBe('New login to your <b>Acme</b> Bcc: eve@example.com account')
    expect(`${text}${html}`).not.toMatch(/\u202e|^Bcc/m)
    expect(html).not.toContain('<b>')
  })

  test('no value can change the markup (ASVS 1.1.2, 1.2.1, 1.3.5)', () => {
    const shape = (html: string): string[] => html.match(/<[^>]*>/g) ?? []
    const plain = shape(write('x', 'y').html)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (device, site) => {
        const { subject, text, html } = write(device, site)
        expect(shape(html)).toEqual(plain)
        expect(subject).not.toMatch(/[\r\n]/)
        expect(text.split('\n\n')).toHaveLength(write('x', 'y').text.split('\n\n').length)
      }),
    )
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '/auth/account',
    'https://',
    'https://acme.example/ x',
    'https://acme.example/\r\nBcc: x',
    'https://acme.example/"><b>',
    'https://acme.example/\u202e',
  ])('%j is refused as a link, and the error does not show it', (bad) => {
    expect(() => compose({ kind: 'verify_email', link: bad, hours: 1 })).toThrow(
      /^A link in an email is not an http\(s\) URL$/,
    )
    const second = { kind: 'account_exists', loginLink: ACCOUNT_LINK, resetLink: bad } as const
    expect(() => compose(second)).toThrow(TypeError)
  })
})

describe('texts', () => {
  test('each sentence of an application replaces one of ours', () => {
    const composeGerman = composerOf({
      overrides: {
        language: 'de',
        footer: (site) => `Von ${site}.`,
        lockout: { heading: 'Dein Passwort ist gesperrt' },
      },
    })
    const { subject, text, html } = composeGerman({ kind: 'lockout', failures: 100, resetLink: FORGOT_LINK })
    expect(text).toMatch(/^Dein Passwort ist gesperrt\n/)
    expect(text).toMatch(/\nVon Acme\.\n$/)
    expect(subject).toBe('Your Acme password was disabled')
    expect(html).toContain('<html lang="de">')
  })

  test('the option `texts` replaces a sentence in one language', () => {
    const write = composerOf({ locale: createLocales({ de: { lockout: { heading: 'Gesperrt' } } }) })
    const content = { kind: 'lockout', failures: 100, resetLink: FORGOT_LINK } as const
    expect(write(content, 'de').text).toMatch(/^Gesperrt\n/)
    expect(write(content, 'en').text).toMatch(/^Your password was disabled\n/)
  })

  test('sentences of an application are escaped too', () => {
    const composeHostile = composerOf({
      overrides: { lockout: { heading: '<i>', subject: () => 'a\nb', button: '"x"' } },
    })
    const { subject, html } = composeHostile({ kind: 'lockout', failures: 1, resetLink: FORGOT_LINK })
    expect(subject).toBe('a b')
    expect(html).not.toContain('<i>')
    expect(html).toContain('&quot;x&quot;')
  })

  test('a misspelt sentence does not compile', () => {
    // @ts-expect-error the sentence does not exist
    const sentence: MailTextOverrides = { lockout: { heding: '' } }
    // @ts-expect-error the message does not exist
    const message: MailTextOverrides = { lock_out: {} }
    // @ts-expect-error the number of hours is a number
    const type: MailTextOverrides = { verify_email: { validity: (hours: string) => hours } }
    expect([sentence, message, type]).toHaveLength(3)
  })
})

describe('emails that another version wrote', () => {
  const links = { link: TOKEN_LINK, resetLink: FORGOT_LINK, loginLink: ACCOUNT_LINK, accountLink: ACCOUNT_LINK }
  /** The members of each kind in the outbox of version 0.1. A change here loses emails during an upgrade. */
  const written: readonly (readonly [MailKind, object])[] = [
    ['account_exists', pick('loginLink', 'resetLink')],
    ['email_change', { ...pick('link'), hours: 24 }],
    ['email_change_notice', { ...pick('resetLink'), undo: { link: TOKEN_LINK, days: 7 } }],
    ['email_change_notice', { ...pick('resetLink'), undo: null }],
    ['email_change_notice', { ...pick('resetLink'), undo: null, stop: { link: TOKEN_LINK, days: 1 } }],
    ['invitation', { ...pick('link'), days: 7 }],
    ['lockout', { ...pick('resetLink'), failures: 100 }],
    ['new_device', { ...pick('accountLink'), device: 'Firefox on Linux', ip: null, at: AT }],
    ['password_changed', { at: AT, forgotLink: FORGOT_LINK }],
    ['password_reset', { ...pick('link'), minutes: 60 }],
    ['verify_email', { ...pick('link'), hours: 48 }],
  ]
  function pick(...names: readonly (keyof typeof links)[]): object {
    return Object.fromEntries(names.map((name) => [name, links[name]]))
  }
  const read = (content: object): MailContents[MailKind] => JSON.parse(JSON.stringify(content))

  test.each(written)('%s of version 0.1 is rendered', (kind, members) => {
    const { subject, text, html } = compose(read({ kind, ...members }))
    expect(`${subject}${text}${html}`).not.toMatch(/undefined|null|NaN|Invalid/)
  })

  test.each(['login_code', 'toString', '__proto__'])('the unknown kind %s is refused', (kind) => {
    expect(() => compose(read({ kind, link: TOKEN_LINK }))).toThrow(
      `The email kind "${kind}" is unknown to this version`,
    )
  })
})
