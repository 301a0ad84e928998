import { createOptionalImport } from '../../kernel/optional-import.ts'

/** The package of the engine, loaded. */
export type EngineModule = typeof import('oidc-provider')

/**
 * Loads the package `oidc-provider`, which takes 0.4 s. Call it only if OAuth is on.
 * @throws Error if the package is not installed; its message says what to install.
 */
export const loadEngine: () => Promise<EngineModule> = createOptionalImport(() => import('oidc-provider'), {
  name: 'oidc-provider',
  since: '9.13.3',
  purpose: 'OAuth (the option oauth, LATCHKEY_OAUTH=on)',
})
