/** Says whether a password is one of those that are tried first. */
export type IsCommon = (password: string) => Promise<boolean>

let common: Promise<ReadonlySet<string>> | undefined

/**
 * True for the passwords of the offline list of `@zxcvbn-ts/language-common` (49,233 entries, in small letters), and for
 * one of them repeated: `passwordpassword` (NIST SP 800-63B-4 section 3.1.1.2, ASVS 6.2.4). The list is read at the
 * first question, so that a start does not wait for it.
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

/** The text itself, and every shorter one of which it is a repetition. */
function repeatedParts(text: string): string[] {
  const lengths = Array.from({ length: text.length }, (_, index) => index + 1)
  return lengths
    .filter((length) => text.length % length === 0)
    .map((length) => text.slice(0, length))
    .filter((part) => part.repeat(text.length / part.length) === text)
}
