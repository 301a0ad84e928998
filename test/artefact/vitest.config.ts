/* The package as its users get it: slow, since npm installs much, and so not a part of `npm test`. */
import { defineConfig } from 'vitest/config'

const MINUTE_MS = 60_000

export default defineConfig({
  test: {
    root: import.meta.dirname,
    globalSetup: 'setup.ts',
    include: ['**/*.test.ts'],
    testTimeout: 4 * MINUTE_MS,
    hookTimeout: 4 * MINUTE_MS,
  },
})
