/* Imports one module; prints what then would keep the process busy. */
await import(process.argv[2] ?? '')
console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|Close/.test(name))))
process.exit()
