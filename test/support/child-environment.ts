/* The environment of child processes: small, so that no setting of the machine reaches them. */
import { fileURLToPath } from 'node:url'

/** Contains the folder of Node's compile cache, which halves the time of a start. */
export const CHILD_ENVIRONMENT: Readonly<NodeJS.ProcessEnv> = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/latchkey-tests', import.meta.url)),
}
