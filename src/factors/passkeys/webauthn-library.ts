import { createOptionalImport, isInstalled } from '../../kernel/optional-import.ts'

const PACKAGE = '@simplewebauthn/server'

/** Loads the library that verifies ceremonies. It takes 0.3 seconds, once, at the first ceremony. */
export const loadWebAuthn: () => Promise<typeof import('@simplewebauthn/server')> = createOptionalImport(
  () => import('@simplewebauthn/server'),
  { name: PACKAGE, since: '14.0.0', purpose: 'Passkeys' },
)

/** Loads the CBOR codec of the library, which is installed if the library is. */
export function loadCbor(): Promise<typeof import('@simplewebauthn/server/helpers')> {
  return import('@simplewebauthn/server/helpers')
}

/** Returns true if the library is installed. It does not load it. */
export function hasWebAuthn(): boolean {
  return isInstalled(PACKAGE)
}
