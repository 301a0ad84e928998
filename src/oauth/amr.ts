import type { Method } from '../kernel/principal.ts'

/** Our methods as values of RFC 8176. */
const AMR: Readonly<Record<string, string>> = {
  password: 'pwd',
  passkey: 'pop',
  totp: 'otp',
  recovery_code: 'otp',
  email_code: 'otp',
}

/** Methods that are a second factor beside another one. An email is none. */
const SECOND_FACTORS: readonly Method[] = ['passkey', 'totp', 'recovery_code']

/** Returns the methods of a session as authentication method references (RFC 8176). */
export function toAmr(methods: readonly Method[]): string[] {
  const known = [...new Set(methods.flatMap((method) => AMR[method] ?? []))]
  const isMultiFactor = methods.length > 1 && methods.some((method) => SECOND_FACTORS.includes(method))
  return isMultiFactor ? [...known, 'mfa'] : known
}
