const MAX_RANGES = 20

/**
 * Returns true if a browser navigates: the header Accept names `text/html`, with a higher weight than JSON (RFC 9110 section
 * 12.5.1). A wildcard alone is a program.
 */
export function prefersHtml(accept: string | null): boolean {
  let html = 0
  let json = 0
  for (const range of (accept ?? '').toLowerCase().split(',', MAX_RANGES)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (type === 'text/html') html = Math.max(html, weightOf(parameters))
    if (type === 'application/json' || type === 'application/problem+json') json = Math.max(json, weightOf(parameters))
  }
  return html > json
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
  return /^(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)$/.test(weight) ? Number(weight) : 0
}
