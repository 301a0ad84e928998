import './kernel/supported-node.ts'

export {
  type AuthEnv,
  type AuthenticatedEnv,
  crossOrigin,
  latchkey,
  requireAuth,
  type SessionEnv,
} from './adapters/hono.ts'
