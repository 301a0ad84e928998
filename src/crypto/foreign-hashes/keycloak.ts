/*
 * The password credential of Keycloak, as a realm export has it: two JSON texts, `credentialData` with the algorithm and
 * its costs, `secretData` with salt and hash. It becomes a PHC string, which is what is stored.
 */
import { z } from 'zod'
import { decodeBase64 } from './base64.ts'

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
/** Whatever else a credential has (id, userLabel, createdDate) does not matter here. */
const exportedSchema = z.object({ credentialData: z.string(), secretData: z.string() })

/**
 * Turns a credential of Keycloak into a hash we verify: PBKDF2 with SHA-1, -256 or -512, or argon2.
 * @param credentialData JSON text `{hashIterations, algorithm, additionalParameters}`.
 * @param secretData JSON text `{value, salt}`, both base64.
 * @returns a PHC string, not yet held against the bounds (see describeHash), or null when it is no such credential.
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

/** The same for the JSON text of the whole credential: `{"credentialData": "{…}", "secretData": "{…}", …}`. */
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

function toUnpaddedBase64(base64: string): string | null {
  return decodeBase64(base64)?.toString('base64').replace(/=+$/, '') ?? null
}
