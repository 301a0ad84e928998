export { type RedisOptions, redis } from './storage/redis/redis.ts'
