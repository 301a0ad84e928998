import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** An HTTP response, as far as the benchmark reads it. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/**
 * One kept-alive HTTP/1.1 connection with one request at a time. It does very little work per response, so that the
 * server's core is saturated long before the core of the load generator.
 */
export class HttpConnection {
  readonly #socket: Socket
  #received = ''
  #onAnswer: ((answer: Answer) => void) | null = null
  /** Set after the connection broke; the callback of a waiting request is not called. */
  failure: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text: unknown) => this.#receive(String(text)))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** Connects to a server on this machine. */
  static async open(port: number): Promise<HttpConnection> {
    const socket = connect({ port, host: '127.0.0.1' })
    await once(socket, 'connect')
    return new HttpConnection(socket)
  }

  /** True while a request waits for its response. */
  get isBusy(): boolean {
    return this.#onAnswer !== null
  }

  /** Sends a request; the callback receives its response. */
  send(request: string, onAnswer: (answer: Answer) => void): void {
    if (this.failure !== null) throw this.failure
    this.#onAnswer = onAnswer
    this.#socket.write(request, 'latin1')
  }

  /** Closes the connection, even during a request. */
  close(): void {
    this.#onAnswer = null
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #receive(text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text
    const answer = parseAnswer(this.#received)
    if (answer === null) return
    this.#received = ''
    const onAnswer = this.#onAnswer
    this.#onAnswer = null
    onAnswer?.(answer)
  }

  #fail(error: Error): void {
    this.failure ??= error
  }
}

/** Sends one request on a separate connection. */
export async function fetchOnce(port: number, request: string): Promise<Answer> {
  const connection = await HttpConnection.open(port)
  try {
    return await new Promise<Answer>((resolve) => connection.send(request, resolve))
  } finally {
    connection.close()
  }
}

const HEAD_END = '\r\n\r\n'
const LAST_CHUNK = '0\r\n\r\n'

/** Returns the response in the received text, or null if it is incomplete. */
function parseAnswer(text: string): Answer | null {
  const headEnd = text.indexOf(HEAD_END)
  if (headEnd === -1) return null
  const head = text.slice(0, headEnd)
  const bodyStart = headEnd + HEAD_END.length
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)
  if (length !== null) {
    const isComplete = text.length >= bodyStart + Number(length[1])
    return isComplete ? { status, head, body: text.slice(bodyStart) } : null
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, head, body: '' }
  return text.endsWith(LAST_CHUNK) ? { status, head, body: joinChunks(text.slice(bodyStart)) } : null
}

function joinChunks(text: string): string {
  let body = ''
  let rest = text
  for (;;) {
    const lineEnd = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, lineEnd), 16)
    if (!(size > 0)) return body
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size)
    rest = rest.slice(lineEnd + 2 + size + 2)
  }
}
