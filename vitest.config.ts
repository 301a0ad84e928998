import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'
import { useOlderPackages } from './test/support/older-packages.ts'

const shared = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  // What is awaited comes late on a busy machine.
  expect: { poll: { timeout: 20_000 } },
  restoreMocks: true,
  unstubEnvs: true,
  setupFiles: 'test/support/each-file.ts',
}

export default defineConfig({
  test: {
    globalSetup: 'test/support/global-setup.ts',
    // Tests wait for servers, databases and hashes, so three workers are faster than two on two cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'promises',
          include: ['test/**/*.test.ts'],
          exclude: ['test/timing.test.ts', 'test/http/**', 'test/interop/**', 'test/artefact/**', 'test/older/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'http',
          // As for units. These files change nothing of the process that the next one could see.
          isolate: false,
          include: ['test/http/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'units',
          // Loading the modules anew for each of these small files would take most of their time.
          isolate: false,
          include: ['src/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      // Optional packages that applications have in older versions.
      {
        plugins: [
          useOlderPackages({
            express: 'express4',
            fastify: 'fastify4',
            koa: 'koa2',
            nodemailer: 'nodemailer6',
            redis: 'redis4',
          }),
        ],
        test: {
          ...shared,
          name: 'oldest packages',
          include: ['test/adapters/adapters.test.ts', 'src/mail/smtp.test.ts', 'test/older/**/*.test.ts'],
          provide: { redisVersion: 4 },
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [useOlderPackages({ nodemailer: 'nodemailer7', redis: 'redis5' })],
        test: {
          ...shared,
          name: 'older packages',
          include: ['src/mail/smtp.test.ts', 'test/older/**/*.test.ts'],
          provide: { redisVersion: 5 },
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
