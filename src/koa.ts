import './kernel/supported-node.ts'

export { type AuthenticatedState, type AuthState, crossOrigin, latchkey, requireAuth } from './adapters/koa.ts'
