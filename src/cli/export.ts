import { closeSync, fsyncSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Latchkey } from '../instance.ts'
import { progress } from './output.ts'
import { parseNewFile } from './parse-new-file.ts'
import { withLatchkey } from './with-latchkey.ts'

const OWNER_ONLY = 0o600
const LINES_PER_WRITE = 500

/** The command `latchkey export <file>`. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write all users with their password hashes and factors, and open invitations, to a new file')
    .argument('<file>', 'the new file; an existing one is never overwritten', parseNewFile)
    .addHelpText('after', '\nExample:\n  latchkey export users.jsonl')
    .action(exportTo)
}

async function exportTo(path: string): Promise<void> {
  const count = await withLatchkey((auth) => writeFile(auth, path))
  progress('')
  process.stdout.write(`Wrote ${path}: ${count} lines. It has password hashes: protect it like the database.\n`)
}

async function writeFile(auth: Latchkey, path: string): Promise<number> {
  const file = openNew(path)
  try {
    const count = await writeLines(auth, file)
    fsyncSync(file)
    return count
  } catch (error) {
    unlinkSync(path)
    throw error
  } finally {
    closeSync(file)
  }
}

async function writeLines(auth: Latchkey, file: number): Promise<number> {
  let count = 0
  let waiting = ''
  for await (const line of auth.users.export()) {
    waiting += `${JSON.stringify(line)}\n`
    if (++count % LINES_PER_WRITE !== 0) continue
    writeFileSync(file, waiting)
    waiting = ''
    progress(`${count} lines ...`)
  }
  writeFileSync(file, waiting)
  return count
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY)
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw isThere ? new Error(`${path} exists already. An export never overwrites a file`) : error
  }
}
