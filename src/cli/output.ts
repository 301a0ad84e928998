/** Exit codes of the command line. */
export const EXIT = { ok: 0, refused: 1, usage: 2 } as const

/** Prints what a command found: for people as lines, for machines (`--json`) as one JSON value. */
export function print(
  result: unknown,
  lines: readonly string[],
  { json }: { readonly json?: boolean | undefined },
): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(''))
}

/** Rows as columns of even width, with a heading. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => printable(row[column] ?? '').length)),
  )
  return [heading, ...rows].map((row) =>
    row
      .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Text without what would steer a terminal: names and user agents come from strangers (ASVS 16.4.1). */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?')
}

/** Shows on standard error how far long work is; nothing where that is no terminal. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}
