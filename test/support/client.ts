/** Sends a request to an instance. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>

/** A response with its body. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON body; undefined if the body is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read arbitrary members, and fail if one is not as expected
  readonly body: any
}

/** A client that keeps cookies, as curl does with a jar. */
export class Client {
  readonly cookies = new Map<string, string>()
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /** Sends any request, with the cookies of the jar unless the headers contain cookies. */
  async request(path: string, init: RequestInit = {}): Promise<Reply> {
    const headers = new Headers(init.headers)
    if (!headers.has('cookie') && this.cookies.size > 0) {
      headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    }
    const response = await this.#send(path, { ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.request(path, { headers })
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    if (body === undefined) return this.request(path, { method: 'POST', headers })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    })
  }

  patch(path: string, body: unknown): Promise<Reply> {
    return this.request(path, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }

  delete(path: string): Promise<Reply> {
    return this.request(path, { method: 'DELETE' })
  }

  /** Sends a form, as the pages do. */
  form(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}
