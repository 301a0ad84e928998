export {
  crossOrigin,
  type ExpressMiddleware,
  type ExpressRequest,
  latchkey,
  principalOf,
  requireAuth,
} from './adapters/express.ts'
