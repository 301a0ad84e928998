/*
 * The refusals of a call: its own and those of its kind. One table decides, for the types of the client and for the OpenAPI
 * document. test/client/wire.test.ts compares the two.
 */
import type { Access } from './access.ts'
import type { KernelRefusalCode } from './refusals.ts'

const USER = ['cookie_required', 'unauthenticated', 'invalid_token', 'unavailable'] as const
const SESSION = [...USER, 'insufficient_scope'] as const

/** The refusals of every kind of call. */
const KINDS = {
  /** Every call. */
  any: ['two_credentials'],
  /** Calls with a body. */
  body: ['malformed_body', 'body_too_large', 'unsupported_media_type', 'validation_failed'],
  /** Calls that change something: every method except GET. */
  unsafe: ['cross_origin', 'unavailable'],
  /** Calls with an id or a code in the path. */
  pathParameter: ['not_found'],
  /** By access. */
  access: {
    anyone: [],
    user: USER,
    session: SESSION,
    fresh_session: [...SESSION, 'reauthentication_required'],
  },
} as const satisfies Record<'any' | 'body' | 'unsafe' | 'pathParameter', readonly KernelRefusalCode[]> & {
  readonly access: Readonly<Record<Access, readonly KernelRefusalCode[]>>
}

type Kinds = typeof KINDS

/**
 * The codes of the refusals of a call, as a type. `Key` is its method and path, `S` its statement. A conditional type, so that
 * declaration files have the codes and clients need not derive them again.
 */
export type RefusalOf<Key, S> = S extends { readonly access: infer A extends Access }
  ?
      | Kinds['any'][number]
      | (S extends { readonly body: object } ? Kinds['body'][number] : never)
      | (Key extends `GET ${string}` ? never : Kinds['unsafe'][number])
      | (Key extends `${string}{${string}` ? Kinds['pathParameter'][number] : never)
      | Kinds['access'][A][number]
      | (S extends { readonly refusals: readonly (infer Own extends string)[] } ? Own : never)
  : never

/** What decides the refusals of a call. */
interface CallKind {
  readonly method: string
  readonly path: string
  readonly access: Access
  /** Undefined: the call has no body. */
  readonly body: unknown
  /** Its own refusals. */
  readonly refusals: readonly string[]
}

/** Lists the codes of the refusals of a call, each once. */
export function refusalsOf({ method, path, access, body, refusals }: CallKind): readonly string[] {
  const codes: readonly string[] = [
    ...(body === undefined ? [] : KINDS.body),
    ...(method === 'GET' ? [] : KINDS.unsafe),
    ...KINDS.any,
    ...KINDS.access[access],
    ...(path.includes('{') ? KINDS.pathParameter : []),
    ...refusals,
  ]
  return [...new Set(codes)]
}
