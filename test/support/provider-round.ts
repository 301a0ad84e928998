import type { MemoryProvider, TestAccount } from '../../src/testing/memory-provider.ts'
import type { Client, Reply } from './client.ts'

/** Begins a round and returns where the browser is sent. */
export async function beginRound(
  client: Client,
  provider: string,
  query: Record<string, string> = {},
): Promise<string> {
  const reply = await client.get(`/auth/login/with/${provider}?${new URLSearchParams(query)}`)
  if (reply.status !== 303) throw new Error(`begin answered ${reply.status} ${reply.text}`)
  return reply.headers.get('location') ?? ''
}

/** Returns the path of the callback with the parameters of an answer. */
export function callbackPath(provider: string, answer: Record<string, string>): string {
  return `/auth/login/with/${provider}/callback?${new URLSearchParams(answer)}`
}

/** Runs a whole round: to the provider, which approves it, and back. */
export async function runRound(
  memory: MemoryProvider,
  client: Client,
  { provider, account, query = {} }: { provider: string; account: TestAccount; query?: Record<string, string> },
): Promise<Reply> {
  const location = await beginRound(client, provider, query)
  return client.get(callbackPath(provider, memory.approve(location, account)))
}
