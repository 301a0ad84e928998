import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from '../crypto/sealed-text.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { languageOfRequest, runInLanguage } from '../kernel/request-language.ts'
import { createOutbox, NO_OUTBOX } from './outbox.ts'

const sealer = createSealer([randomBytes(32)], 'mail')
const outbox = createOutbox({ sealer, clock: () => 7, language: languageOfRequest })
const to = parseEmailAddress('ada@example.com') ?? expect.unreachable()
const content = { kind: 'password_reset', link: 'https://acme.example/r?token=t', minutes: 60 }

test('a sealed email has the format of version 0.1, so that nodes of two versions read each other', () => {
  const [mail] = outbox.write({ to, userId: null, content })
  expect(mail).toMatchObject({ userId: null, createdAt: 7 })
  expect(sealer.open(mail?.sealed ?? '')).toBe(
    '{"to":"ada@example.com","content":{"kind":"password_reset","link":"https://acme.example/r?token=t","minutes":60}}',
  )
})

test('an email has the language of the request that causes it, also after an await', async () => {
  const write = async (): Promise<unknown> => {
    await Promise.resolve()
    return JSON.parse(sealer.open(outbox.write({ to, userId: null, content })[0]?.sealed ?? '') ?? '')
  }
  const [german, french] = await Promise.all([runInLanguage(() => 'de', write), runInLanguage(() => 'fr', write)])
  expect([german, french, await write()]).toEqual([
    { to, content, language: 'de' },
    { to, content, language: 'fr' },
    { to, content },
  ])
})

test('a decoy is as long as its content, and contains nothing of it', () => {
  const [decoy] = outbox.writeDecoy(content)
  const text = sealer.open(decoy?.sealed ?? '')
  expect(text).toHaveLength(JSON.stringify(content).length)
  expect(JSON.parse(text ?? '')).toBeNull()
})

test('without a mailer the outbox writes nothing', () => {
  expect([NO_OUTBOX.isOff, NO_OUTBOX.write({ to, userId: null, content }), NO_OUTBOX.writeDecoy(content)]).toEqual([
    true,
    [],
    [],
  ])
})
