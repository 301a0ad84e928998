import { isRepeatedPattern } from '../crypto/repeated-pattern.ts'
import { newSecret, readOrCreateSecretFile } from '../crypto/secrets.ts'
import { isProduction } from '../kernel/origins.ts'
import { type CompleteOptions, ConfigurationError } from './options.ts'

/**
 * Returns the secrets of the options, newest first. In development, creates a secret next to the database if there are
 * none.
 * @throws ConfigurationError in production if there are none, or if one of them is a pattern that was typed.
 */
export function readSecrets({ secrets, storage }: CompleteOptions): Buffer[] {
  const texts = secrets ?? [developmentSecret(storage.secretsFile)]
  if (isProduction()) texts.forEach(refusePattern)
  return texts.map((text) => Buffer.from(text, 'base64url'))
}

function developmentSecret(file: string | null): string {
  if (isProduction()) {
    throw new ConfigurationError(
      'createLatchkey: secrets is required in production, and LATCHKEY_SECRETS for the server. Create one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
    )
  }
  return file === null ? newSecret() : readOrCreateSecretFile(file)
}

/** 32 random bytes have fewer different values than this once in 10^20 cases. */
const LEAST_DIFFERENT_BYTES = 12

function refusePattern(secret: string): void {
  const bytes = Buffer.from(secret, 'base64url')
  if (!isRepeatedPattern(bytes) && new Set(bytes).size >= LEAST_DIFFERENT_BYTES) return
  throw new ConfigurationError(
    'createLatchkey: secrets (LATCHKEY_SECRETS): one of them is not random, but a short pattern. Create one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
  )
}
