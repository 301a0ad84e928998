import { defineConfig } from 'vitest/config'

/** `npm run test:interop`: clients of other people. One test waits for its clock, so all run at once. */
export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    globalSetup: 'test/interop/global-setup.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 6,
  },
})
