/* The package as users install it. These tests are slow, because npm installs many packages, so `npm test` skips them. */
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
