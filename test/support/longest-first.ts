import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, longest first: the two workers end at the same time when these begin first. */
const LONGEST = [
  'test/scale/faults.test.ts',
  'test/server.test.ts',
  'test/docs.test.ts',
  'test/import.test.ts',
  'test/http/throttle.test.ts',
  'test/audit/chain.test.ts',
  'test/crash.test.ts',
  'test/cli.test.ts',
]

/** Orders test files by how long they take. */
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
