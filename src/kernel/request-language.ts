import { AsyncLocalStorage } from 'node:async_hooks'
import type { Language } from './language.ts'

const readers = new AsyncLocalStorage<() => Language>()

/**
 * Runs an action for a request. An email that the action writes, also after an `await`, is in the language of the request.
 * @param read reads the language. It is called only if an email is written.
 */
export function runInLanguage<T>(read: () => Language, action: () => T): T {
  return readers.run(read, action)
}

/** Returns the language of the request that is handled; undefined outside of a request, as in jobs and server-side calls. */
export function languageOfRequest(): Language | undefined {
  return readers.getStore()?.()
}
