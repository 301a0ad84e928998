import { html } from 'hono/html'
import { LANGUAGE_NAMES, LANGUAGES } from '../../kernel/language.ts'
import { STATES } from './states.ts'

/** Renders the index of the preview: every state in every language. */
export function indexPage(siteName: string): string {
  const rows = STATES.map(
    ({ name, title }) =>
      html`<tr><td>${title}</td>${LANGUAGES.map((language) => html`<td><a href="/show/${name}?lang=${language}">${LANGUAGE_NAMES[language]}</a></td>`)}</tr>`,
  )
  const document = html`<!doctype html><html lang="en"><meta charset="utf-8"><title>Preview · ${siteName}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse}td{padding:.25rem 1rem .25rem 0}</style>
<h1>Pages of ${siteName}</h1><p>Sample data, in memory. The brand, languages and texts are those of your configuration.</p>
<table>${rows}</table></html>`
  return String(document)
}
