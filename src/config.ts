import './kernel/supported-node.ts'
import type { LatchkeyConfig } from './options/options.ts'

export type { LatchkeyConfig }

/** Returns its argument. It adds types to the settings in `latchkey.config.ts`: `export default defineConfig({ ... })`. */
export const defineConfig = (config: LatchkeyConfig): LatchkeyConfig => config
