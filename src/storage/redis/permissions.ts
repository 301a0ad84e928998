import { Refusal } from '../../kernel/refusal.ts'
import type { RedisLink } from './redis-link.ts'
import { CHECK_PERMISSIONS } from './scripts.ts'

/** The commands that Latchkey sends, and those that its scripts run, with the arguments that an ACL looks at. */
function commandsOn(key: string, channel: string): readonly (readonly string[])[] {
  return [
    ['PING'],
    ['INFO', 'memory'],
    ['GET', key],
    ['SET', key, ''],
    ['DEL', key],
    ['HGET', key, ''],
    ['HMGET', key, ''],
    ['HGETALL', key],
    ['HSET', key, '', ''],
    ['HDEL', key, ''],
    ['HINCRBY', key, '', '1'],
    ['PEXPIRE', key, '1'],
    ['PEXPIREAT', key, '1'],
    ['PEXPIRETIME', key],
    ['ZADD', key, '1', ''],
    ['ZRANGE', key, '0', '1'],
    ['ZREMRANGEBYSCORE', key, '0', '1'],
    ['PUBLISH', channel, ''],
    ['SUBSCRIBE', channel],
    ['EVALSHA', '', '1', key],
  ]
}

/**
 * Refuses a user of Redis who lacks a permission, so that the start and the readiness fail, and not only logins.
 * @throws Refusal `unavailable` that names the commands.
 */
export async function requirePermissions(link: RedisLink, prefix: string): Promise<void> {
  const commands = commandsOn(`${prefix}session:`, `${prefix}alive:`)
  const refused = (await link.run(CHECK_PERMISSIONS, 'session:', JSON.stringify(commands))) as readonly string[]
  if (refused.length === 0) return
  throw new Refusal('unavailable', {
    detail: 'Redis cannot do this now.',
    retryAfterSeconds: 1,
    reason:
      `The Redis user may not run ${refused.join(', ')} on keys and channels that begin with ${prefix} (ACL). ` +
      'docs/scaling.md has the rules that are enough.',
  })
}
