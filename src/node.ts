import './kernel/supported-node.ts'

export { type NodeHandler, toNodeHandler } from './adapters/node.ts'
