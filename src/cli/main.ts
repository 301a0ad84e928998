#!/usr/bin/env node
try {
  await import('../kernel/supported-node.ts')
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
const { keepCompiled } = await import('./compile-cache.ts')
keepCompiled() // before any other module is compiled
await import('./program.ts')
