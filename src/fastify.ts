import './kernel/supported-node.ts'

export { crossOrigin, type LatchkeyPluginOptions, latchkey, principalOf, requireAuth } from './adapters/fastify.ts'
