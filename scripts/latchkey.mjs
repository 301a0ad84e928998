/* The command line of a clone. `import` comes after the check, which an old Node.js can run. */
import './supported-node.mjs'

await import('../src/cli/main.ts')
