import { defineConfig } from 'vitest/config'

/** `npm run test:interop`: third-party clients. One test waits for real time, so all tests run at once. */
export default defineConfig({
  test: {
    include: ['test/interop/*.test.ts'],
    globalSetup: 'test/interop/global-setup.ts',
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxConcurrency: 6,
  },
})
