import { createOptionalImport, findPackageProblem } from '../../kernel/optional-import.ts'

const PACKAGE = { name: '@simplewebauthn/server', since: '14.0.0', purpose: 'Passkeys' }

/** Loads the library that verifies ceremonies. It takes 0.3 seconds, once, at the first ceremony. */
export const loadWebAuthn: () => Promise<typeof import('@simplewebauthn/server')> = createOptionalImport(
  () => import('@simplewebauthn/server'),
  PACKAGE,
)

/** Loads the CBOR codec of the library, which is installed if the library is. */
export function loadCbor(): Promise<typeof import('@simplewebauthn/server/helpers')> {
  return import('@simplewebauthn/server/helpers')
}

/** Returns why the library cannot be used, for a sentence after "because"; null if it can. It does not load it. */
export function findWebAuthnProblem(): string | null {
  return findPackageProblem(PACKAGE)
}
