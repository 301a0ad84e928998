/* Imports one module; prints the resources that then keep the process running. */
import { setImmediate as nextTurn } from 'node:timers/promises'

await import(process.argv[2] ?? '')
await nextTurn() // a connection that is not permitted fails now
console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Close|Immediate/.test(name))))
process.exit()
