export { crossOrigin, type LatchkeyPluginOptions, latchkey, principalOf, requireAuth } from './adapters/fastify.ts'
