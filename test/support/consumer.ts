/* A project of a user who installed the package: the build as published, and our installed dependencies. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/.bin/tsc')

/** Creates the project; returns its directory. */
export function makeConsumer(): string {
  const consumer = mkdtempSync(join(tmpdir(), 'latchkey-consumer-'))
  const installed = join(consumer, 'node_modules/latchkey')
  mkdirSync(installed, { recursive: true })
  execFileSync(tsc, ['-p', join(root, 'tsconfig.build.json'), '--noCheck', '--outDir', join(installed, 'dist')])
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(consumer, 'node_modules', name))
  }
  writeFileSync(join(consumer, 'package.json'), '{"type":"module"}')
  return consumer
}

/** Type-checks files of the project with additional compiler options; returns the output of the compiler. */
export function checkTypes(consumer: string, files: readonly string[], more: Record<string, unknown> = {}): string {
  const { status, stdout } = runCompiler(consumer, files, more)
  if (status !== 0) throw new Error(stdout)
  return stdout
}

/** Type-checks files of the project with additional compiler options; returns the errors, one line each. */
export function findTypeErrors(
  consumer: string,
  files: readonly string[],
  more: Record<string, unknown> = {},
): string[] {
  const { status, stdout } = runCompiler(consumer, files, more)
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  if (status !== 0 && errors.length === 0) throw new Error(stdout)
  return errors
}

function runCompiler(consumer: string, files: readonly string[], more: Record<string, unknown>) {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    ...more,
  }
  writeFileSync(join(consumer, 'tsconfig.check.json'), JSON.stringify({ compilerOptions, files }))
  const args = ['-p', 'tsconfig.check.json', '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false']
  return spawnSync(tsc, args, { cwd: consumer, encoding: 'utf8' })
}
