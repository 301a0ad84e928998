/* The types of the client match the OpenAPI document of the service, member by member. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client.ts'
import { startInstance } from '../support/rings.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | false
}
interface Content {
  readonly description: string
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly {
    readonly in: string
    readonly name: string
    readonly schema: { readonly type: string }
  }[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const root = resolve(import.meta.dirname, '../..')
const JSON_TYPE = 'application/json'
/** Routes for people, which the client does not call. Pages are left out too. */
const DOCUMENTS = ['GET /openapi.json', 'GET /problems/{code}', 'GET /jwks.json']

/** Returns a schema as a type. */
function toType(schema: Schema, shared: Document['components']['schemas']): string {
  const inner = (each: Schema): string => toType(each, shared)
  if (schema.$ref !== undefined) return inner(shared[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(inner).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => inner({ type })).join(' | ')
  if (schema.type === 'integer') return 'number'
  if (schema.type === 'array') return `readonly (${inner(schema.items ?? {})})[]`
  if (schema.type !== 'object') return String(schema.type ?? 'unknown')
  if (schema.additionalProperties) return `{ readonly [name: string]: ${inner(schema.additionalProperties)} }`
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const isRequired = schema.required?.includes(name) ?? false
    return `readonly ${name}${isRequired ? '' : '?'}: ${inner(member)}${isRequired ? '' : ' | undefined'}`
  })
  return `{ ${members.join('; ')} }`
}

/** Returns the OpenAPI description of a route, as types like those of the wire interfaces. */
function toRoute({ parameters = [], requestBody, responses }: Operation, { components }: Document): string {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const body = requestBody?.content?.[JSON_TYPE]?.schema
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const types = answers.map(([, { content }]) => content?.[JSON_TYPE]).map((found) => found?.schema ?? { type: 'null' })
  const refusals = Object.values(responses).filter(({ content = {} }) => 'application/problem+json' in content)
  const codes = refusals.flatMap(({ description }) =>
    [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `'${code}'`),
  )
  return `{
    query: ${query.length > 0 ? `{ ${query.map(({ name, schema }) => `readonly ${name}?: ${schema.type === 'integer' ? 'number' : 'string'} | undefined`).join('; ')} }` : 'undefined'}
    body: ${body === undefined ? 'undefined' : toType(body, components.schemas)}
    answer: ${types.map((type) => toType(type, components.schemas)).join(' | ')}
    refusal: ${codes.join(' | ')}
  }`
}

/** Operations without a member of the client. Pages are left out, too. */
const NOT_IN_CLIENT = ['verify', 'openapi', 'reference', 'reference.part', 'problems', 'problems.list', 'jwks']

async function readDocument(): Promise<Document> {
  const instance = await startInstance('handler', { emailLogin: 'on', oauth: {} })
  const { body } = await instance.client().get('/auth/openapi.json')
  await instance.close()
  return body
}

test('the operationIds are the names of the client, in both directions', async () => {
  const { paths } = await readDocument()
  const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map((each) => each.operationId))
  expect(new Set(ids).size).toBe(ids.length)
  const calls = ids.filter((id) => !id.startsWith('pages.') && !NOT_IN_CLIENT.includes(id))
  expect(NOT_IN_CLIENT.filter((id) => !ids.includes(id))).toEqual([])
  const { state: _, onChange: __, ...members } = createClient()
  const names = Object.entries(members).flatMap(([name, member]) =>
    typeof member === 'function' ? [name] : Object.keys(member).map((inner) => `${name}.${inner}`),
  )
  expect(calls.toSorted()).toEqual(names.toSorted())
})

test('the types of the client are the OpenAPI document, to the last member, body, answer and refusal', async () => {
  const document = await readDocument()
  const routes = Object.entries(document.paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        key: `${method.toUpperCase()} ${path.slice('/auth'.length)}`,
        type: toRoute(operation, document),
        // A page or an image, which has a body of another type, or a redirect.
        isPage:
          !Object.keys(operation.responses).some((status) => status.startsWith('2')) ||
          !(JSON_TYPE in (operation.responses[200]?.content ?? { [JSON_TYPE]: null })),
      })),
    )
    .filter(({ key, isPage }) => !DOCUMENTS.includes(key) && !isPage)
  expect(routes.length).toBeGreaterThan(20)

  const directory = mkdtempSync(join(tmpdir(), 'latchkey-wire-'))
  writeFileSync(
    join(directory, 'wire.ts'),
    `import type { WireAnswer, WireKey, WireTypes } from '${root}/src/catalogue/wire.ts'
     type WireRoutes = { [Key in WireKey]: Omit<WireTypes<Key>, 'answer'> & { answer: WireAnswer<Key> } }
     interface Documented { ${routes.map(({ key, type }) => `'${key}': ${type}`).join('\n')} }
     /** Types with inlined interfaces, because the compiler treats types as identical only if their structure is. */
     type Open<T> = T extends object ? { readonly [K in keyof T]: Open<T[K]> } : T
     type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
     type Differing<A, B> = { [K in keyof A]: K extends keyof B ? (Same<Open<A[K]>, Open<B[K]>> extends true ? never : K) : K }[keyof A]
     type Wrong<A, B> = { [K in keyof A & keyof B]: [Differing<A[K], B[K]> | Differing<B[K], A[K]>] extends [never] ? never : K }[keyof A & keyof B]
     const missing: Exclude<keyof WireRoutes, keyof Documented> | Exclude<keyof Documented, keyof WireRoutes> extends never ? true : false = true
     const wrong: Record<Wrong<Documented, WireRoutes>, 'is not as documented'> = {}
     void [missing, wrong]`,
  )
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['wire.ts'] }))
  let complaints = ''
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', directory], { encoding: 'utf8' })
  } catch (error) {
    complaints = (error as { stdout: string }).stdout // tsc prints its errors there
  }
  expect(complaints).toBe('')
})
