import { html } from 'hono/html'
import type { Html } from '../../kernel/page-view.ts'

/** Renders a form that POSTs to one of our routes. Hidden fields that are null are left out. */
export function form(
  action: string,
  body: Html,
  hidden: Readonly<Record<string, string | null>> = {},
  className = '',
): Html {
  return html`<form method="post" action="${action}"${className === '' ? '' : html` class="${className}"`}>${hiddenFields(hidden)}${body}</form>`
}

/** Renders hidden fields. A field that is null is left out. */
export function hiddenFields(fields: Readonly<Record<string, string | null>>): Html {
  return html`${Object.entries(fields).map(([name, value]) =>
    value === null ? '' : html`<input type="hidden" name="${name}" value="${value}">`,
  )}`
}

/** Appends query parameters to a path. Parameters that are null or empty are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value == null || value === '' ? [] : [[name, value]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
