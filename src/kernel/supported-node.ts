/*
 * The first import of every entry that runs on a server: an older Node.js fails with errors that do not name the reason.
 * So this file uses only features that old versions have. Proved by supported-node.test.ts.
 */
const LEAST_MAJOR = 22
const LEAST_MINOR = 18

/**
 * Returns a sentence about a version of Node.js that is too old, or null.
 * @param version as in `process.versions.node`: `20.20.2`.
 */
export function findOldNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > LEAST_MAJOR || (major === LEAST_MAJOR && minor >= LEAST_MINOR)) return null
  return `Latchkey needs Node.js ${LEAST_MAJOR}.${LEAST_MINOR} or newer; this is ${version}`
}

const problem = findOldNode(process.versions.node)
if (problem !== null) throw new Error(problem)
