/** Exit codes of the command line. */
export const EXIT = { ok: 0, refused: 1, usage: 2 } as const

/** Prints the result of a command: as lines of text, or with `--json` as one JSON value. */
export function print(
  result: unknown,
  lines: readonly string[],
  { json }: { readonly json?: boolean | undefined },
): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(''))
}

/** Replaces characters that could control a terminal: names and user agents are untrusted (ASVS 16.4.1). */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')
}

/** Shows the progress of long work on standard error, if that is a terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
