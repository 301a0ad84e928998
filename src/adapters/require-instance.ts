import type { Latchkey } from '../instance.ts'
import { ConfigurationError } from '../kernel/configuration-error.ts'

/**
 * Refuses an argument that is not an instance, such as the promise of one: a missing `await` would otherwise show only at
 * the first request, or let it through.
 * @param where the function that received it: `requireAuth`.
 * @throws ConfigurationError.
 */
export function requireInstance(where: string, auth: Latchkey): void {
  const { handler, authenticate, basePath } = (auth ?? {}) as Partial<Latchkey>
  if (typeof handler === 'function' && typeof authenticate === 'function' && typeof basePath === 'string') return
  throw new ConfigurationError(
    `${where}: auth must be an instance of Latchkey: const auth = await createLatchkey({ ... }), with the await`,
  )
}
