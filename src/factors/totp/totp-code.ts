import { randomBytes } from 'node:crypto'
import { equalInConstantTime } from '../../crypto/signature.ts'
import { renderQrCode } from './qr-code.ts'

/** Seconds of a time step (RFC 6238 section 4.1). */
const PERIOD_SECONDS = 30
const PERIOD_MS = PERIOD_SECONDS * 1000
/** 160 bits, the length that RFC 4226 section 4 recommends. */
const SECRET_BYTES = 20
const CODE = /^\d{6}$/

/** The parameters of every authenticator app. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS } as const

/** What an app needs to show codes. */
export interface AuthenticatorSetup {
  /** The secret in Base32. */
  readonly secret: string
  /** `otpauth://totp/…`, which apps read from the QR code. */
  readonly uri: string
  /** The URI as a QR code, in SVG. */
  readonly qr: string
}

/** Returns a new secret, in Base32. */
export async function newTotpSecret(): Promise<string> {
  const { Secret } = await import('otpauth')
  return new Secret({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer }).base32
}

/** Returns what an app needs to show codes of a secret for an account of a site. */
export async function describeSetup(secret: string, site: string, account: string): Promise<AuthenticatorSetup> {
  const { TOTP } = await import('otpauth')
  const uri = new TOTP({ ...PARAMETERS, secret, issuer: site.replaceAll(':', ' '), label: account }).toString()
  return { secret, uri, qr: await renderQrCode(uri) }
}

/** Returns the secret in a URI of `describeSetup`, and the URI as a QR code. */
export async function describeUri(uri: string): Promise<Pick<AuthenticatorSetup, 'secret' | 'qr'>> {
  return { secret: new URL(uri).searchParams.get('secret') ?? '', qr: await renderQrCode(uri) }
}

/**
 * Returns the time step that a code belongs to: the current one or the one before (RFC 6238 section 5.2). Returns null if
 * the code is wrong. Spaces in the code are ignored.
 * @param now milliseconds since 1970 UTC.
 */
export async function stepOfCode(secret: string, typed: string, now: number): Promise<number | null> {
  const code = typed.replaceAll(/\s/g, '')
  if (!CODE.test(code)) return null
  const { TOTP } = await import('otpauth')
  const totp = new TOTP({ ...PARAMETERS, secret })
  const current = Math.floor(now / PERIOD_MS)
  const steps = [current, current - 1].filter((step) =>
    equalInConstantTime(Buffer.from(code), Buffer.from(totp.generate({ timestamp: step * PERIOD_MS }))),
  )
  return steps[0] ?? null
}
