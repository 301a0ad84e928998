import { describe, expect, test } from 'vitest'
import { findPackageProblem } from './optional-import.ts'
import { isOlder, requireVersion } from './package-version.ts'

describe('the version of an optional package', () => {
  test.each([
    ['4.7.1', '5.0.0', true],
    ['10.0.0', '9.9.9', false],
    ['8.0.2', '8.0.3', true],
    ['8.0.3', '8.0.3', false],
    ['8', '8.0.0', false],
    ['5.0.0-beta.1', '5.0.0', false],
  ])('%s is older than %s: %s', (version, than, answer) => {
    expect(isOlder(version, than)).toBe(answer)
  })

  test('a version that is too old is refused with what is installed and what works', () => {
    const wanted = { name: 'vitest', since: '999.0.0', purpose: 'A test' }
    expect(() => requireVersion(wanted)).toThrow(
      /^A test needs the package vitest in version 999\.0\.0 or newer; \d+\.\d+\.\d+ is installed\. Run: npm install vitest$/,
    )
    expect(() => requireVersion({ ...wanted, since: '1.0.0' })).not.toThrow()
    expect(() => requireVersion({ ...wanted, name: 'no-such-package' })).not.toThrow()
    expect(findPackageProblem(wanted)).toMatch(
      /^the package vitest is too old: \d\S+ is installed, and 999\.0\.0 or newer/,
    )
    expect(findPackageProblem({ ...wanted, name: 'no-such-package' })).toBe(
      'the package no-such-package is not installed',
    )
    expect(findPackageProblem({ ...wanted, since: '1.0.0' })).toBeNull()
  })
})
