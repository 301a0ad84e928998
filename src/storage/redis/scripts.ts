/*
 * The atomic steps as Lua scripts. Each uses one key, so all work on a cluster. Each comment lists the arguments
 * (ARGV).
 */
import { createHash } from 'node:crypto'

/** A Lua script, which the server knows by its SHA-1. */
export interface Script {
  readonly name: string
  readonly source: string
  readonly sha: string
}

function script(name: string, source: string): Script {
  return { name, source, sha: createHash('sha1').update(source).digest('hex') }
}

/** Returns the names of the commands that the user may not run, without running them. ARGV: JSON list of commands. */
export const CHECK_PERMISSIONS: Script = script(
  'check permissions',
  `local refused = {}
if not redis.acl_check_cmd then return refused end
for _, command in ipairs(cjson.decode(ARGV[1])) do
  if not redis.acl_check_cmd(unpack(command)) then table.insert(refused, command[1]) end
end
return refused`,
)

/** Stores a session. ARGV: when Redis deletes it (ms), then fields and values. */
export const PUT_SESSION: Script = script(
  'put session',
  `redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
return 1`,
)

/**
 * Revokes a session and notifies all nodes, in one step. ARGV: channel, message, highest security epoch to revoke (''
 * for all).
 */
export const END_SESSION: Script = script(
  'end session',
  `if ARGV[3] ~= '' then
  local epoch = redis.call('HGET', KEYS[1], 'epoch')
  if epoch and tonumber(epoch) > tonumber(ARGV[3]) then return 0 end
end
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return 1`,
)

/** Stores a last use that is later than the stored one. ARGV: last use, idle limit, when Redis deletes the session. */
export const TOUCH_SESSION: Script = script(
  'touch session',
  `local seen = redis.call('HGET', KEYS[1], 'seen')
if not seen or tonumber(seen) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'seen', ARGV[1], 'idle', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1`,
)

/** Records that the cookie was sent, unless another request did. ARGV: when it was sent before, the time now. */
export const MARK_COOKIE_SENT: Script = script(
  'mark cookie sent',
  `if redis.call('HGET', KEYS[1], 'sent') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sent', ARGV[2])
return 1`,
)

/** Records that something changed, and deletes old records. ARGV: now, the id, how long changes are kept. */
export const NOTE_CHANGE: Script = script(
  'note change',
  `redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`,
)

/** Replaces an older copy of the user. ARGV: the copy, its revision. */
export const REFRESH_USER: Script = script(
  'refresh user',
  `local revision = redis.call('HGET', KEYS[1], 'revision')
if not revision or tonumber(revision) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'revision', ARGV[2])
return 1`,
)

/**
 * Adds a session to the index of its user. The index expires with the last of its sessions. ARGV: token hash, id,
 * limit.
 */
export const ADD_TO_INDEX: Script = script(
  'add to index',
  `redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PEXPIRETIME', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIREAT', KEYS[1], ARGV[3]) end
return 1`,
)

/** Reads the index of a user: token hashes and session ids alternate. */
export const READ_INDEX: Script = script('read index', `return redis.call('HGETALL', KEYS[1])`)

/**
 * Counts an attempt, or returns why it is refused. ARGV: now, maximum of attempts, how long a counter is kept, 'last'
 * or 'first', free attempts, then the waits. Returns the outcome, the count, when the wait ends, and when the counter
 * expires.
 */
export const TAKE_TRY: Script = script(
  'take try',
  `local now, most, keep, free = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
local found = redis.call('HMGET', KEYS[1], 'count', 'blocked', 'expires')
local count, blocked, expires = tonumber(found[1] or 0), tonumber(found[2] or 0), tonumber(found[3] or 0)
if expires <= now then count, blocked, expires = 0, 0, now + keep end
if count >= most then return {'spent', count, blocked, expires} end
if blocked > now then return {'wait', count, blocked, expires} end
count = count + 1
blocked = 0
local waits = #ARGV - 5
if count >= free and waits > 0 then blocked = now + tonumber(ARGV[5 + math.min(count - free + 1, waits)]) end
if ARGV[4] == 'last' then expires = now + keep end
redis.call('HSET', KEYS[1], 'count', count, 'blocked', string.format('%.0f', blocked), 'expires', string.format('%.0f', expires))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', expires - now))
return {'counted', count, blocked, expires}`,
)

/** Takes an attempt back. ARGV: the wait that it began, and when its counter expires ('' for any time). */
export const GIVE_BACK_TRY: Script = script(
  'give back try',
  `local found = redis.call('HMGET', KEYS[1], 'count', 'blocked', 'expires')
if not found[1] or tonumber(found[1]) < 1 then return 0 end
if ARGV[2] ~= '' and found[3] ~= ARGV[2] then return 0 end
if tonumber(found[1]) == 1 then return redis.call('DEL', KEYS[1]) end
redis.call('HINCRBY', KEYS[1], 'count', -1)
if found[2] == ARGV[1] then redis.call('HSET', KEYS[1], 'blocked', '0') end
return 1`,
)
