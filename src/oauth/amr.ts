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
  return isMultiFactor(methods) ? [...known, 'mfa'] : known
}

/** Levels of authentication, weakest first (`acr`, OpenID Connect Core section 2; the names are those of NIST SP 800-63B). */
export const ACR_VALUES = ['aal1', 'aal2'] as const

/** Returns the level that a session has reached: two factors, or a passkey, which proves its user as well. */
export function toAcr(methods: readonly Method[]): (typeof ACR_VALUES)[number] {
  return methods.includes('passkey') || isMultiFactor(methods) ? 'aal2' : 'aal1'
}

function isMultiFactor(methods: readonly Method[]): boolean {
  return methods.length > 1 && methods.some((method) => SECOND_FACTORS.includes(method))
}
