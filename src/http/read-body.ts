/*
 * Request bodies: at most 16 KiB unless the route allows more, one of two types, decoded strictly, validated by the schema of the route. An answer
 * never repeats what was sent, except the name of a member, cut at 64 characters.
 */
import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { problemsOf } from '../kernel/all-problems.ts'
import type { FieldProblem } from '../kernel/field-problem.ts'
import { type DescribedFieldError, Refusal } from '../kernel/refusal.ts'
import type { RefusedRequest, Route } from '../kernel/route.ts'
import { parseForm } from './form.ts'
import { parseStrictJson } from './strict-json.ts'

/** Maximum size of a body, in bytes, unless the route has another one. */
export const MAX_BODY_BYTES: number = 16 * 1024

/** A body as the client sent it, before its schema is applied. */
export type RawBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: Map<string, string> }

const NO_MEMBERS = z.strictObject({})
const MAX_NAME_LENGTH = 64
const MAX_MEDIA_TYPE_LENGTH = 1_024

/** Returns true if the body is a form. It decides the format of every answer, including refusals. */
export function isForm(headers: Headers): boolean {
  return mediaType(headers).essence === 'application/x-www-form-urlencoded'
}

/** Returns true if a request of the route must have a body: one of its members is required. */
export function needsBody({ body }: Pick<Route, 'body'>): boolean {
  return body !== undefined && !body.safeParse({}).success
}

/**
 * Reads the body in the type that the route accepts.
 * @throws Refusal `unsupported_media_type`, `body_too_large`, `malformed_body`; Error if the application has already
 *   read the body.
 */
export async function readRawBody(request: Request, route: Route): Promise<RawBody> {
  if (request.bodyUsed)
    throw new Error(
      'The body was read before Latchkey saw the request: pass the request to Latchkey before any other code reads its body.',
    )
  const kind = bodyKind(request.headers, route)
  const text = decodeUtf8(await readBytes(request, route.maxBodyBytes ?? MAX_BODY_BYTES))
  if (kind === 'form') return { kind, fields: parseForm(text) }
  if (text === '' && !needsBody(route)) return { kind: 'json', value: {} }
  if (kind === 'none') throw unsupported('Send Content-Type: application/json.')
  return { kind, value: parseStrictJson(text) }
}

/**
 * Validates a body against the schema of the route.
 * @throws Refusal `validation_failed` with one entry per problem; the returned promise rejects with it.
 */
export function validateBody(route: Route, value: unknown, request: RefusedRequest): unknown {
  const { success, data, error } = (route.body ?? NO_MEMBERS).safeParse(value)
  return success ? data : refuseBody(route, error, { value, request })
}

async function refuseBody(
  route: Route,
  { issues }: z.ZodError,
  { value, request }: { readonly value: unknown; readonly request: RefusedRequest },
): Promise<never> {
  const errors = issues.flatMap((issue) => toFieldErrors(issue, value))
  const more = await problemsOf(async () => {
    if (typeof value === 'object' && value !== null) await route.checkRefused?.({ ...value }, request)
  })
  const isReported = ({ pointer }: DescribedFieldError): boolean =>
    errors.some((known) => known.pointer === pointer || known.pointer.startsWith(`${pointer}/`))
  throw new Refusal('validation_failed', { errors: [...errors, ...more.filter((problem) => !isReported(problem))] })
}

function bodyKind(headers: Headers, route: Route): RawBody['kind'] | 'none' {
  const { essence, charset } = mediaType(headers)
  const encoding = headers.get('content-encoding')
  if (encoding !== null && encoding.toLowerCase() !== 'identity') throw unsupported('Send the body uncompressed.')
  if (charset !== null && !isUtf8Label(charset)) throw unsupported('Send the body in UTF-8.')
  if (essence === 'application/x-www-form-urlencoded' && route.form !== undefined) return 'form'
  if (essence === 'application/json' && route.form?.only !== true) return 'json'
  if (essence === '' && !needsBody(route)) return 'none'
  throw unsupported(`This route takes ${route.form?.only === true ? 'forms of our own pages' : 'application/json'}.`)
}

function mediaType(headers: Headers): { readonly essence: string; readonly charset: string | null } {
  const header = headers.get('content-type') ?? ''
  if (header.length > MAX_MEDIA_TYPE_LENGTH) throw unsupported('The header Content-Type is too long.')
  const [essence = '', ...parameters] = header.split(';')
  const charset = parameters.map(readCharset).find(Boolean)
  return { essence: essence.trim().toLowerCase(), charset: charset?.toLowerCase() ?? null }
}

/** Returns the value of a parameter of a media type if the parameter is the charset. Scans the text once. */
function readCharset(parameter: string): string | null {
  const [name = '', ...value] = parameter.split('=')
  if (name.trim().toLowerCase() !== 'charset') return null
  const text = value.join('=').trim()
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}

/** Returns true for every name of UTF-8: `utf-8`, `utf8`, … (WHATWG Encoding section 4.2). */
function isUtf8Label(label: string): boolean {
  try {
    return new TextDecoder(label).encoding === 'utf-8'
  } catch {
    return false
  }
}

/**
 * Reads the whole body.
 * @throws Refusal `body_too_large`, `malformed_body`.
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > maxBytes) throw new Refusal('body_too_large')
  try {
    return await collectChunks(request, maxBytes)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('malformed_body', { detail: 'The body ended before it was complete.', cause: error })
  }
}

async function collectChunks(request: Request, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw new Refusal('body_too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Refusal('malformed_body', { detail: 'The body is not valid UTF-8.' })
  const text = bytes.toString('utf8')
  if (text.startsWith('\ufeff'))
    throw new Refusal('malformed_body', { detail: 'The body begins with a byte-order mark.' })
  return text
}

function unsupported(detail: string): Refusal {
  return new Refusal('unsupported_media_type', { detail })
}

function toFieldErrors(issue: z.core.$ZodIssue, body: unknown): DescribedFieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: toPointer([...issue.path, key]), detail: 'There is no such member.' }))
  }
  const pointer = toPointer(issue.path)
  if (issue.code !== 'invalid_type') return [{ pointer, detail: issue.message, problem: toFieldProblem(issue) }]
  const isMissing = issue.path.length > 0 && !hasMember(body, issue.path)
  if (isMissing) return [{ pointer, detail: 'Required.', problem: { code: 'required' } }]
  return [{ pointer, detail: `Must be of type ${issue.expected}.`, problem: { code: 'invalid' } }]
}

/** Returns the problem for pages, which have a text for it in every language. */
function toFieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  if (issue.code === 'too_small' && issue.origin === 'string') return { code: 'required' }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return { code: 'too_long', values: { max: Number(issue.maximum) } }
  }
  // Schemas of rooms put the problem into `params`.
  return issue.code === 'custom' && issue.params !== undefined ? (issue.params as FieldProblem) : { code: 'invalid' }
}

function hasMember(body: unknown, path: readonly PropertyKey[]): boolean {
  let value = body
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false
    value = (value as Record<PropertyKey, unknown>)[name] // own property, checked above
  }
  return true
}

/** Returns a path as a JSON pointer in a URI fragment (RFC 6901 section 6). */
function toPointer(path: readonly PropertyKey[]): string {
  const steps = path.map((name) => String(name).toWellFormed().slice(0, MAX_NAME_LENGTH).toWellFormed())
  return `#${steps.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}
