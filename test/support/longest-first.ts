import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The slowest of the test files that have a process of their own, slowest first. If they start first, the workers finish at about
 * the same time.
 */
const LONGEST = [
  'test/docs.test.ts',
  'test/pages-states.test.ts',
  'test/scale/faults.test.ts',
  'test/cli.test.ts',
  'test/pages-flows.test.ts',
  'test/mail-delivery.test.ts',
  'test/verification.test.ts',
  'test/pages.test.ts',
  'test/storage/redis.test.ts',
  'test/cli-audit.test.ts',
  'test/server.test.ts',
  'test/passkeys.test.ts',
  'test/scale/revocation.test.ts',
  'test/storage/postgres.test.ts',
  'test/import.test.ts',
  'test/backup.test.ts',
  'test/drain.test.ts',
  'test/crash.test.ts',
]

/** Orders test files by duration. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name))
      return found === -1 ? LONGEST.length : found
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((left, right) => place(left) - place(right))
  }
}
