import { newSecret, readOrCreateSecretFile } from '../crypto/secrets.ts'
import { isProduction } from '../kernel/origins.ts'
import { type CompleteOptions, ConfigurationError } from './options.ts'

/**
 * Returns the secrets of the options, newest first. In development, creates a secret next to the database if there are
 * none.
 * @throws ConfigurationError in production if there are none.
 */
export function readSecrets({ secrets, storage }: CompleteOptions): Buffer[] {
  const texts = secrets ?? [developmentSecret(storage.secretsFile)]
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
