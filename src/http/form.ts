import { Refusal } from '../kernel/refusal.ts'

/**
 * Parses `application/x-www-form-urlencoded` (WHATWG URL section 5.1). It is strict where the standard is lenient: a
 * broken escape and a field that occurs twice are refused (ASVS 15.3.7). Empty fields count as absent.
 * @throws Refusal `malformed_body`.
 */
export function parseForm(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [name = '', ...value] = pair.split('=')
    const key = decode(name)
    if (fields.has(key)) throw new Refusal('malformed_body', { detail: 'A form field came twice.' })
    fields.set(key, decode(value.join('=')))
  }
  for (const [name, value] of fields) if (value === '') fields.delete(name)
  return fields
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Refusal('malformed_body', { detail: 'The form has a malformed percent escape.' })
  }
}
