/** Returns true if a password is a common one, which attackers try first. */
export type IsCommon = (password: string) => Promise<boolean>

let common: Promise<ReadonlySet<string>> | undefined

/**
 * Returns true for a password from the offline list of `@zxcvbn-ts/language-common` (49,233 entries, in lower case),
 * and for a repetition of one, such as `passwordpassword` (NIST SP 800-63B-4 section 3.1.1.2, ASVS 6.2.4). The list is
 * loaded at the first call, so that it does not slow down the start.
 */
export const isCommonPassword: IsCommon = async (password) => {
  common ??= loadList()
  const known = await common
  const lowered = password.toLowerCase()
  return repeatedParts(lowered).some((part) => known.has(part))
}

async function loadList(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

/** Returns the text itself, and every shorter text that gives it when repeated. */
function repeatedParts(text: string): string[] {
  const lengths = Array.from({ length: text.length }, (_, index) => index + 1)
  return lengths
    .filter((length) => text.length % length === 0)
    .map((length) => text.slice(0, length))
    .filter((part) => part.repeat(text.length / part.length) === text)
}
