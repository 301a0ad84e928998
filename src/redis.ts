import './kernel/supported-node.ts'

export { type RedisOptions, redis } from './storage/redis/redis.ts'
