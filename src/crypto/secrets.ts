import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'

const SECRET_BYTES = 32
const OWNER_ONLY = 0o600
const GROUP_OR_OTHERS = 0o077

/** A new secret: 32 random bytes in base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/**
 * The secret of a development setup: made once, then read, from a file that its owner alone may read (ASVS 13.3.2).
 * @throws Error when others may read the file, or it holds no secret.
 */
export function readOrCreateSecretFile(path: string): string {
  createOnce(path)
  if ((statSync(path).mode & GROUP_OR_OTHERS) !== 0) {
    throw new Error(`${path} may be read by others: run chmod 600 ${path}`)
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (Buffer.from(secret, 'base64url').byteLength < SECRET_BYTES) {
    throw new Error(`${path} holds no secret of ${SECRET_BYTES} bytes in base64url: delete it, and a new one is made`)
  }
  return secret
}

/** Complete from the first moment it can be seen: written under another name, then linked, which only one process wins. */
function createOnce(path: string): void {
  if (existsSync(path)) return
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${newSecret()}\n`, { mode: OWNER_ONLY, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
}
