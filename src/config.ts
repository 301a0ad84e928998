import type { LatchkeyConfig } from './options/options.ts'

export type { LatchkeyConfig }

/** Gives the settings of a `latchkey.config.ts` their types: `export default defineConfig({ ... })`. */
export const defineConfig = (config: LatchkeyConfig): LatchkeyConfig => config
