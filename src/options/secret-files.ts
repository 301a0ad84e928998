import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'

const SUFFIX = '_FILE'

/** The variables with the contents of files, and one line for each problem. */
export interface WithSecretFiles {
  readonly set: Readonly<Record<string, string>>
  readonly problems: readonly string[]
}

/** Returns the name of the variable that names a file with a secret. */
export function fileVariable(name: string): string {
  return `${name}${SUFFIX}`
}

/**
 * Reads the files that `<NAME>_FILE` variables name, as Docker and Kubernetes provide secrets. White space around the
 * content is ignored, because editors end files with a line feed.
 * @param secrets names of the settings that may be in files.
 */
export function readSecretFiles(given: Readonly<Record<string, string>>, secrets: readonly string[]): WithSecretFiles {
  const set = { ...given }
  const problems: string[] = []
  for (const name of secrets) {
    const file = fileVariable(name)
    const path = given[file]
    if (path === undefined) continue
    delete set[file]
    if (given[name] !== undefined) problems.push(`${file}: ${name} is set too; set one of them`)
    else set[name] = readSecret(path, (problem) => problems.push(`${file}: ${problem}`))
  }
  return { set, problems }
}

function readSecret(path: string, onProblem: (problem: string) => void): string {
  try {
    const bytes = readFileSync(path)
    const text = isUtf8(bytes) ? bytes.toString('utf8').trim() : ''
    if (!isUtf8(bytes)) onProblem(`the file ${path} is not UTF-8`)
    else if (text === '') onProblem(`the file ${path} is empty`)
    return text
  } catch (error) {
    onProblem(`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return ''
  }
}
