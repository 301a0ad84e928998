import { html } from 'hono/html'
import { LANGUAGE_NAMES, LANGUAGES } from '../../kernel/language.ts'
import { MAIL_KINDS } from './mails.ts'
import { STATES } from './states.ts'

/** Renders the index of the preview: every state in every language. */
export function indexPage(siteName: string): string {
  const pages = STATES.map(({ name, title }) => row(title, `/show/${name}`))
  const mails = MAIL_KINDS.map((kind) => row(kind, `/mail/${kind}`))
  const document = html`<!doctype html><html lang="en"><meta charset="utf-8"><title>Preview · ${siteName}</title>
<style>body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse}td{padding:.25rem 1rem .25rem 0}</style>
<h1>Pages of ${siteName}</h1><p>Sample data, in memory. The brand, languages and texts are those of your configuration.</p>
<table>${pages}</table><h2>Emails</h2><table>${mails}</table></html>`
  return String(document)
}

function row(title: string, path: string): ReturnType<typeof html> {
  const links = LANGUAGES.map(
    (language) => html`<td><a href="${path}?lang=${language}">${LANGUAGE_NAMES[language]}</a></td>`,
  )
  return html`<tr><td>${title}</td>${links}</tr>`
}
