import type { Latchkey } from '../../instance.ts'

/** A browser of the preview: it keeps cookies and sends forms to an instance. */
export interface Visitor {
  readonly cookies: Map<string, string>
  /** Opens a page. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Returns the JSON at a path. */
  read(path: string): Promise<unknown>
  /** Sends JSON. Returns the JSON of the answer. */
  json(path: string, body: object): Promise<unknown>
  /** Sends a form of one of our pages. Returns the location that the answer leads to. */
  form(path: string, fields: Readonly<Record<string, string>>): Promise<string>
}

/** Creates a browser with an empty cookie jar. */
export function createVisitor(auth: Latchkey, origin: string, userAgent: string): Visitor {
  const cookies = new Map<string, string>()
  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('user-agent', userAgent)
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const request = new Request(`${origin}${path}`, { ...init, headers })
    const response = await auth.handler(request, { remoteAddress: '203.0.113.9' })
    for (const line of response.headers.getSetCookie()) keep(cookies, line)
    return response
  }
  return {
    cookies,
    get: (path, headers = {}) => send(path, { headers: { accept: 'text/html', ...headers } }),
    read: async (path) => (await send(path, {})).json(),
    async json(path, body) {
      const headers = { 'content-type': 'application/json' }
      return (await send(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    },
    async form(path, fields) {
      const response = await send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams(fields).toString(),
      })
      return response.headers.get('location') ?? path
    },
  }
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ')
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  if (attributes.includes('Max-Age=0')) cookies.delete(name)
  else cookies.set(name, value)
}
