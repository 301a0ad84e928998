import './kernel/supported-node.ts'

export {
  crossOrigin,
  type ExpressMiddleware,
  type ExpressRequest,
  latchkey,
  principalOf,
  requireAuth,
} from './adapters/express.ts'
