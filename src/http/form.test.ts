import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../kernel/refusal.ts'
import { parseForm } from './form.ts'

const text = fc.string({ unit: 'grapheme' })

test('the output of URLSearchParams is read unchanged, except for empty fields (ASVS 1.1.1)', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (fields) => {
      const sent = new URLSearchParams(fields).toString()
      expect([...parseForm(sent)]).toEqual(fields.filter(([, value]) => value !== ''))
    }),
  )
})

test('a field that occurs twice is refused, even if its name is escaped differently (ASVS 15.3.7)', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,10}$/), text, text, (name, first, second) => {
      const escaped = [...name].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')
      const body = `${name}=${encodeURIComponent(first)}&${escaped}=${encodeURIComponent(second)}`
      expect(() => parseForm(body)).toThrow(Refusal)
    }),
  )
})

test('any other text is read or refused, and never causes another error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (body) => {
      try {
        parseForm(body)
      } catch (error) {
        expect(error).toMatchObject({ code: 'malformed_body' })
      }
    }),
    { numRuns: 1_000 },
  )
})
