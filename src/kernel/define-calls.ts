import type { Access } from './access.ts'
import type { Call, HttpMethod } from './call.ts'
import { type RefusalOf, refusalsOf } from './call-refusals.ts'

/** Method and path below the base path, in OpenAPI notation: `DELETE /sessions/{id}`. */
export type CallKey = `${HttpMethod} ${string}`

/** Stands for JSON of a type. Only the type matters: the value is an empty object. */
export interface Json<Type> {
  /** Never present. */
  readonly type?: Type
}

/** Returns a placeholder for JSON of a type: `answer: json<LoginJson>()`. */
export function json<Type>(): Json<Type> {
  return {}
}

/** What a room states about one call. */
export interface CallStatement {
  /** The name of the call in the client, which is also the `operationId` of the OpenAPI document. */
  readonly name: string
  readonly access: Access
  /** The query parameters. All of them are optional. */
  readonly query?: Json<object>
  /** Absent: the call has no body. */
  readonly body?: Json<unknown>
  /** Null: the answer is empty. Absent: the answer is not for clients, such as a page. */
  readonly answer?: Json<unknown> | null
  /** The codes of its own refusals. `kernel/call-refusals.ts` adds the refusals of its kind. */
  readonly refusals?: readonly string[]
}

type TypeOf<Statement, Part extends string, None> =
  Statement extends Readonly<Record<Part, Json<infer Type>>> ? Type : None

/** The call that a statement describes. A conditional type, for the same reason as `RefusalOf`. */
export type CallOf<Key, S> = S extends { readonly access: infer A extends Access }
  ? Call<
      A,
      {
        readonly query: TypeOf<S, 'query', undefined>
        readonly body: TypeOf<S, 'body', undefined>
        readonly answer: TypeOf<S, 'answer', S extends { readonly answer: null } ? null : unknown>
        readonly refusal: RefusalOf<Key, S>
      }
    >
  : never

/** Builds one call. Calls that clients know belong in a table of `defineCalls`. */
export function defineCall<const Key extends CallKey, const S extends CallStatement>(
  key: Key,
  { name, access, body, refusals = [] }: S,
): CallOf<Key, S> {
  // A key is a method and a path.
  const [method, path] = key.split(' ') as [HttpMethod, string]
  const call: Call = { name, method, path, access, refusals: refusalsOf({ method, path, access, body, refusals }) }
  return call as CallOf<Key, S> // the types are never present
}

/** Builds the calls of a room. The keys are their methods and paths. */
export function defineCalls<const Table extends Readonly<Record<CallKey, CallStatement>>>(
  table: Table,
): { readonly [Key in keyof Table]: CallOf<Key, Table[Key]> } {
  const calls = Object.entries<CallStatement>(table).map(([key, statement]) => [
    key,
    defineCall(key as CallKey, statement), // `table` has no other keys
  ])
  // The same keys went in.
  return Object.fromEntries(calls) as { readonly [Key in keyof Table]: CallOf<Key, Table[Key]> }
}
