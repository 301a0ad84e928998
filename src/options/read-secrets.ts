import { newSecret, readOrCreateSecretFile } from '../crypto/secrets.ts'
import { ConfigurationError, type LatchkeyOptions } from './options.ts'

/**
 * The secrets of the options, newest first; in development, without any, one that is kept beside the database.
 * @throws ConfigurationError in production without any.
 */
export function readSecrets({ secrets, storage }: LatchkeyOptions): Buffer[] {
  const texts = secrets ?? [developmentSecret(storage.secretsFile)]
  return texts.map((text) => Buffer.from(text, 'base64url'))
}

function developmentSecret(file: string | null): string {
  if (process.env.NODE_ENV === 'production') {
    throw new ConfigurationError(
      'createLatchkey: secrets is required in production, and LATCHKEY_SECRETS for the server. Make one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
    )
  }
  return file === null ? newSecret() : readOrCreateSecretFile(file)
}
