import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url))

/** Installs the peers into a separate folder, at the versions of their lockfile, unless they are installed. */
export function installPeers(): void {
  if (existsSync(`${FOLDER}node_modules/.package-lock.json`)) return
  console.log('Installing the peers into bench/peers/node_modules ...')
  execFileSync('npm', ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund'], { stdio: 'inherit' })
}

/** Returns the versions of the compared peers. */
export function readPeerVersions(): Readonly<Record<string, string>> {
  const { dependencies } = JSON.parse(readFileSync(`${FOLDER}package.json`, 'utf8')) as {
    dependencies: Record<string, string>
  }
  return dependencies
}
