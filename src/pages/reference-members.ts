import { html } from 'hono/html'
import { z } from 'zod'
import type { Html } from '../kernel/page-view.ts'

interface MemberSchema {
  readonly type?: string
  readonly $ref?: string
  readonly description?: string
  readonly const?: unknown
  readonly items?: MemberSchema
  readonly anyOf?: readonly MemberSchema[]
}

type Direction = 'input' | 'output'

/** Renders the members of a JSON object. */
export function memberTable(caption: string, schema: z.ZodType, io: Direction): Html {
  const rows = membersOf(schema, io).map(
    ({ name, shape, isRequired }) =>
      html`<tr><td><code>${name}</code></td><td>${typeName(shape)}</td><td>${isRequired ? '' : 'optional'} ${shape.description ?? ''}</td></tr>`,
  )
  return rows.length === 0 ? html`` : html`<table><caption>${caption}</caption>${rows}</table>`
}

/** Returns a body with a placeholder for each required member, as JSON. */
export function sampleBody(schema: z.ZodType): string {
  const members = membersOf(schema, 'input').filter(({ isRequired }) => isRequired)
  return JSON.stringify(Object.fromEntries(members.map(({ name, shape }) => [name, sampleOf(shape)])))
}

interface Member {
  readonly name: string
  readonly shape: MemberSchema
  readonly isRequired: boolean
}

function membersOf(schema: z.ZodType, io: Direction): readonly Member[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return Object.entries(properties).map(([name, member]) => ({
    name,
    shape: member as MemberSchema, // our schemas have no members that are `true` or `false`
    isRequired: required.includes(name),
  }))
}

function sampleOf({ type, const: constant }: MemberSchema): unknown {
  if (constant !== undefined) return constant
  if (type === 'array') return []
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return 1
  return '…'
}

function typeName({ type, $ref, const: constant, items, anyOf }: MemberSchema): string {
  if ($ref !== undefined) return $ref.replace('#/$defs/', '')
  if (constant !== undefined) return JSON.stringify(constant)
  if (items !== undefined) return `list of ${typeName(items)}`
  if (anyOf !== undefined) return anyOf.map(typeName).join(' or ')
  return type ?? 'any'
}
