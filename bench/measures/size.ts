import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InstallSize, SizeResults } from '../results.ts'
import type { Bench } from '../support/bench.ts'
import { makeFolder, removeFolder } from '../support/cleanup.ts'
import { installInto, installPackage } from '../support/installed-package.ts'
import { readPeerVersions } from '../support/peers.ts'

/** Packages that a login with each peer requires: without framework and database driver, with a password hash. */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  'better-auth': ['better-auth'],
  'express-session + passport': ['express-session', 'passport', 'passport-local', 'connect-redis', '@node-rs/argon2'],
  '@fastify/session': ['@fastify/session', '@fastify/cookie', 'connect-redis', '@node-rs/argon2'],
  '@fastify/secure-session': ['@fastify/secure-session', '@node-rs/argon2'],
  '@fastify/jwt': ['@fastify/jwt', '@fastify/cookie', '@node-rs/argon2'],
  'iron-session': ['iron-session', '@node-rs/argon2'],
}

/** Measures the packages and bytes of an installation. */
export async function measureSize(bench: Bench): Promise<SizeResults> {
  const built = await installPackage()
  const installs: InstallSize[] = []
  if (built !== null) {
    installs.push(await install('Latchkey, required dependencies', [built.tarball], ['--omit=optional']))
    installs.push(await install('Latchkey', [built.tarball]))
  }
  const versions = readPeerVersions()
  for (const [title, names] of Object.entries(bench.isQuick ? {} : PEERS)) {
    installs.push(
      await install(
        title,
        names.map((name) => `${name}@${versions[name]}`),
      ),
    )
  }
  return { installs }
}

async function install(
  title: string,
  packages: readonly string[],
  flags: readonly string[] = [],
): Promise<InstallSize> {
  const folder = makeFolder('size')
  installInto(folder, packages, flags)
  const modules = join(folder, 'node_modules')
  const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object }
  // Counts as `du` does: whole disk blocks.
  const kilobytes = Number.parseInt(execFileSync('du', ['-sk', modules], { encoding: 'utf8' }), 10)
  removeFolder(folder)
  return { title, packages: Object.keys(lock.packages).length, bytes: kilobytes * 1_024 }
}
