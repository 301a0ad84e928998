import { z } from 'zod'
import type { RefusalEntry, RefusalTable } from '../kernel/refusal-entry.ts'
import type { Route } from '../kernel/route.ts'
import { VERSION } from '../kernel/version.ts'
import { needsBody } from './read-body.ts'

/** What the document states about this installation. */
export interface OpenApiContext {
  readonly origin: string
  readonly basePath: string
  readonly cookieName: string
  /** All refusals, by code. */
  readonly refusals: RefusalTable
}

/** An OpenAPI 3.1 document, as plain JSON. */
export type OpenApiDocument = Readonly<Record<string, unknown>>

type Json = Record<string, unknown>

/** The credentials that a route accepts, by its access. */
const SECURITY = {
  user: [{ session: [] }, { sessionInHeader: [] }, { accessToken: [] }],
  session: [{ session: [] }, { sessionInHeader: [] }],
  fresh_session: [{ session: [] }, { sessionInHeader: [] }],
} as const

/**
 * Creates the OpenAPI document of the route table, from the schemas that validate. It leaves out routes that serve only the
 * forms of our own pages.
 */
export function createOpenApi(
  routes: readonly Route[],
  { origin, basePath, cookieName, refusals }: OpenApiContext,
): OpenApiDocument {
  const paths: Record<string, Json> = {}
  for (const route of routes.filter(({ form }) => form?.only !== true)) {
    const path = `${basePath}${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: toOperation(route, refusals) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: VERSION,
      description: 'Session-based login for APIs: JSON in, an HttpOnly cookie out.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    security: [],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName,
          description: 'Login and registration set this cookie. It is HttpOnly.',
        },
        sessionInHeader: {
          type: 'http',
          scheme: 'bearer',
          description:
            'For apps without cookies, never for browsers: the session from the response header Latchkey-Session. Login sends it if the request has the header Latchkey-Session: header.',
        },
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The access token of a script or another machine (RFC 6750).',
        },
      },
      schemas: { ...sharedSchemas(routes), Problem: problemSchema(refusals) },
    },
  }
}

function problemSchema(refusals: RefusalTable): Json {
  return {
    type: 'object',
    description: 'Problem details (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'A URL that answers with the documentation of the code.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: Object.keys(refusals) },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: { pointer: { type: 'string', examples: ['#/email'] }, detail: { type: 'string' } },
        },
      },
    },
  }
}

function toOperation(route: Route, refusals: RefusalTable): Json {
  const schema = { type: 'string' }
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema,
  }))
  const inQuery = Object.entries(route.query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: toQuerySchema(route, name),
  }))
  const parameters = [...inPath, ...inQuery]
  return {
    operationId: route.name,
    summary: route.summary,
    ...(route.access === 'anyone' ? {} : { security: SECURITY[route.access] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined ? {} : { requestBody: toRequestBody(route) }),
    responses: { ...successResponses(route), ...refusalResponses(route, refusals) },
  }
}

function toQuerySchema({ repeats, numbers }: Route, name: string): Json {
  const schema = { type: numbers?.includes(name) ? 'integer' : 'string' }
  return repeats?.includes(name) ? { type: 'array', items: schema } : schema
}

function toRequestBody(route: Route): Json {
  const schema = route.body === undefined ? {} : toSchema(route.body, 'input')
  const form = route.form === undefined ? {} : { 'application/x-www-form-urlencoded': { schema } }
  return { required: needsBody(route), content: { 'application/json': { schema }, ...form } }
}

function successResponses(route: Route): Json {
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, toSuccess(status, answer)])
  const formAnswer =
    route.form === undefined ? [] : [['303', { description: 'The answer to a form: redirects to a page.' }]]
  return Object.fromEntries([...answers, ...formAnswer])
}

function toSuccess(status: string, answer: Route['answers'][number]): Json {
  if (status === '303') return { description: 'Redirects to another page.' }
  if (answer === null || answer === undefined) return { description: 'Done.' }
  if (typeof answer === 'string') return { description: 'Done.', content: { [answer]: { schema: { type: 'string' } } } }
  return { description: 'Done.', content: { 'application/json': { schema: toSchema(answer, 'output') } } }
}

function refusalResponses(route: Route, refusals: RefusalTable): Json {
  const entries = route.refusals.map((code) => entryOf(refusals, code))
  const byStatus = Map.groupBy(entries, ({ status }) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      {
        description: ofStatus.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function entryOf(refusals: RefusalTable, code: string): RefusalEntry {
  const entry = refusals[code]
  if (entry === undefined) throw new Error(`A route names the refusal ${code}, which no room states`)
  return entry
}

/** Converts a schema to JSON Schema 2020-12, as OpenAPI 3.1 requires. Shared schemas become references. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, $defs: __, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return toComponentReferences(json) as Json // an object went in
}

function sharedSchemas(routes: readonly Route[]): Json {
  const answers = routes.flatMap((route) => Object.values(route.answers))
  const schemas = answers.filter((answer) => answer !== null && typeof answer !== 'string')
  const definitions = schemas.map((schema) => z.toJSONSchema(schema, { io: 'output' }).$defs ?? {})
  return toComponentReferences(Object.assign({}, ...definitions)) as Json // an object went in
}

/** Replaces references: zod writes `#/$defs/X`, but an OpenAPI document has shared schemas in its components. */
function toComponentReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toComponentReferences)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'id' || typeof Reflect.get(value, 'id') !== 'string')
      .map(([name, member]) => [
        name,
        name === '$ref' ? String(member).replace('#/$defs/', '#/components/schemas/') : toComponentReferences(member),
      ]),
  )
}
