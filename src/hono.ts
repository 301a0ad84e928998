import './kernel/supported-node.ts'

export { type AuthEnv, type AuthenticatedEnv, crossOrigin, latchkey, requireAuth } from './adapters/hono.ts'
