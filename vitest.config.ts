import { defineConfig } from 'vitest/config'

const shared = { testTimeout: 30_000, hookTimeout: 60_000, restoreMocks: true }

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    projects: [
      {
        test: {
          ...shared,
          name: 'promises',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/timing.test.ts', 'test/interop/**', 'test/artefact/**', 'node_modules/**'],
          sequence: { groupOrder: 0 },
        },
      },
      // Compares durations, so it runs when nothing else does.
      {
        test: {
          ...shared,
          name: 'timing',
          include: ['test/timing.test.ts'],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
