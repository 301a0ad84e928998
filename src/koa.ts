import './kernel/supported-node.ts'

export {
  type AuthenticatedState,
  type AuthState,
  crossOrigin,
  latchkey,
  requireAuth,
  type SessionState,
} from './adapters/koa.ts'
