/*
 * The password credential in a realm export of Keycloak. It has two JSON texts: `credentialData` with the algorithm and its
 * costs, and `secretData` with salt and hash. We convert it to a PHC string and store that.
 */
import { z } from 'zod'
import { toUnpaddedBase64 } from './base64.ts'

const PBKDF2_DIGESTS: ReadonlyMap<string, string> = new Map([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
])

const secretSchema = z.object({ value: z.string(), salt: z.string() })
const credentialSchema = z.object({
  hashIterations: z.int().positive(),
  algorithm: z.string(),
  additionalParameters: z.record(z.string(), z.array(z.string())).nullish(),
})
/** The other members of a credential (id, userLabel, createdDate) are ignored. */
const exportedSchema = z.object({ credentialData: z.string(), secretData: z.string() })

/**
 * Converts a password credential of Keycloak: PBKDF2 with SHA-1, -256 or -512, or argon2.
 * @param credentialData JSON text `{hashIterations, algorithm, additionalParameters}`.
 * @param secretData JSON text `{value, salt}`, both in base64.
 * @returns a PHC string, or null if the texts are not such a credential. The costs are not checked (see `describeHash`).
 */
export function fromKeycloak(credentialData: string, secretData: string): string | null {
  const credential = credentialSchema.safeParse(parseJson(credentialData)).data
  const secret = secretSchema.safeParse(parseJson(secretData)).data
  if (credential === undefined || secret === undefined) return null
  const [salt, key] = [toUnpaddedBase64(secret.salt), toUnpaddedBase64(secret.value)]
  if (salt === null || key === null) return null
  const { algorithm, hashIterations, additionalParameters } = credential
  const digest = PBKDF2_DIGESTS.get(algorithm)
  if (digest !== undefined) return `$pbkdf2-${digest}$i=${hashIterations}$${salt}$${key}`
  if (algorithm !== 'argon2') return null
  const parameter = (name: string): string => additionalParameters?.[name]?.[0] ?? ''
  const version = parameter('version') === '1.0' ? 16 : 19
  const costs = `m=${parameter('memory')},t=${hashIterations},p=${parameter('parallelism')}`
  return `$argon2${parameter('type')}$v=${version}$${costs}$${salt}$${key}`
}

/**
 * Converts a whole password credential of Keycloak.
 * @param credential JSON text `{"credentialData": "{…}", "secretData": "{…}", …}`.
 * @returns a PHC string, or null if the text is not such a credential. The costs are not checked (see `describeHash`).
 */
export function fromKeycloakExport(credential: string): string | null {
  const exported = exportedSchema.safeParse(parseJson(credential)).data
  return exported === undefined ? null : fromKeycloak(exported.credentialData, exported.secretData)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
