import { randomBytes } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { requireDirectory } from '../kernel/require-directory.ts'

const SECRET_BYTES = 32
const OWNER_ONLY = 0o600
const GROUP_OR_OTHERS = 0o077
const SUPERUSER = 0

/** Returns a new secret: 32 random bytes in base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/**
 * Returns the secret of a development setup. The first call creates the file; only its owner may read it (ASVS 13.3.2).
 * @throws Error if other users may read or own the file, or if it does not contain a secret.
 */
export function readOrCreateSecretFile(path: string): string {
  requireDirectory(path)
  createOnce(path)
  if (isOpenToOthers(path) && keepsModes(path)) {
    throw new Error(`Other users may read ${path}: run chmod 600 ${path}`)
  }
  const { uid } = statSync(path)
  // Its owner can always change the mode. The superuser may own it: root can read everything anyway.
  if (process.getuid !== undefined && uid !== process.getuid() && uid !== SUPERUSER && keepsModes(path))
    throw new Error(
      `Another user owns ${path}: run chown ${process.getuid()} ${path}, or delete it to get a new secret`,
    )
  const secret = readFileSync(path, 'utf8').trim()
  if (Buffer.from(secret, 'base64url').byteLength < SECRET_BYTES) {
    throw new Error(
      `${path} does not contain a secret of ${SECRET_BYTES} bytes in base64url: delete the file to get a new secret`,
    )
  }
  return secret
}

function isOpenToOthers(path: string): boolean {
  return (statSync(path).mode & GROUP_OR_OTHERS) !== 0
}

/**
 * Returns false if the file system has no modes, such as a disk of Windows, a FAT stick or some network shares: a new file
 * with mode 0600 is open to others there, and chmod changes nothing.
 */
function keepsModes(path: string): boolean {
  const probe = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(probe, '', { mode: OWNER_ONLY, flag: 'wx' })
  try {
    return !isOpenToOthers(probe)
  } finally {
    unlinkSync(probe)
  }
}

/**
 * Creates the file if it does not exist. It is written under another name and then linked, so that other processes never
 * see an incomplete file, and only one process creates it.
 */
function createOnce(path: string): void {
  if (existsSync(path)) return
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${newSecret()}\n`, { mode: OWNER_ONLY, flag: 'wx' })
  try {
    place(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}

/** Errors of file systems without hard links: FAT, exFAT and some network shares. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

function place(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!NO_LINKS.includes(codeOf(error))) throw error
    copyFileSync(draft, path, constants.COPYFILE_EXCL)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
