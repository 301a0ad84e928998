/* Imports an entry; prints the URL of every loaded module. */
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load(url, context, next) {
    loaded.add(url)
    return next(url, context)
  },
})
await import(process.argv[2] ?? '')
console.log(JSON.stringify([...loaded]))
process.exit()
