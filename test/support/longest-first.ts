import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The slowest test files, slowest first. If they start first, the two workers finish at about the same time. */
const LONGEST = [
  'test/pages-states.test.ts',
  'test/docs.test.ts',
  'test/pages-flows.test.ts',
  'test/cli.test.ts',
  'test/verification.test.ts',
  'test/pages.test.ts',
  'test/scale/faults.test.ts',
  'test/server.test.ts',
  'test/http/email.test.ts',
  'test/passkeys.test.ts',
  'test/cli-audit.test.ts',
  'test/storage/redis.test.ts',
  'test/http/passkeys.test.ts',
  'test/scale/revocation.test.ts',
  'test/http/recovery.test.ts',
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
