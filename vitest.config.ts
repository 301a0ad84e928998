import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

const shared = { testTimeout: 60_000, hookTimeout: 120_000, restoreMocks: true }

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // Tests wait for servers, databases and hashes: two workers are faster than one, also on one core.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
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
