import { expect, test } from 'vitest'
import { composerOf } from '../../test/support/mail-samples.ts'
import { createDevelopmentMailer } from './development-mailer.ts'

const composed = composerOf()({ kind: 'verify_email', link: 'http://localhost:3000/v?t=1', hours: 24 })

test('the development mailer prints a line and the link, and keeps the email', async () => {
  const lines: string[] = []
  const { send, list } = createDevelopmentMailer(
    () => 0,
    (line) => lines.push(line),
  )
  const message = { id: '1@localhost', to: 'ada@example.com', ...composed }
  await send(message)
  expect(lines).toEqual([
    'Email to ada@example.com: Confirm your email address for Acme',
    '  http://localhost:3000/v?t=1',
  ])
  expect(list()).toEqual([{ ...message, sentAt: 0 }])
})

test('it keeps the last 100 emails, and an email cannot print a second line or an escape sequence', async () => {
  const lines: string[] = []
  const { send, list } = createDevelopmentMailer(
    () => 0,
    (line) => lines.push(line),
  )
  for (let number = 1; number <= 101; number++) {
    await send({ id: `${number}@localhost`, to: 'ada@example.com', subject: 'a\r\n\u001b[2Jb', text: 'none', html: '' })
  }
  expect(list().map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 2}@localhost`))
  expect(new Set(lines)).toEqual(new Set(['Email to ada@example.com: a [2Jb']))
})
