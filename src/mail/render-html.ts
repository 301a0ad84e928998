/*
 * Renders a letter as HTML that email clients display correctly. It has no table, image, script or form, and loads
 * nothing. Essential styles are style attributes, which every client keeps. The style element only adds dark colours
 * for clients in dark mode. Hono's `html` escapes every value. Proven by
 * `src/catalogue/mails.test.ts` and `test/mail.test.ts`.
 */
import { html, raw } from 'hono/html'
import type { Frame } from './frame.ts'
import type { Action, Fact, Letter } from './letter.ts'

type Html = ReturnType<typeof html>

const FONT = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const INK = '#1a1f2b'
const SOFT = '#5b6475'
const PARAGRAPH = 'margin:0 0 16px'
const STYLES = {
  body: `margin:0;padding:0;background-color:#f3f4f7;color:${INK};${FONT};-webkit-text-size-adjust:100%`,
  preheader: 'display:none;max-height:0;overflow:hidden;opacity:0',
  outer: 'padding:24px 12px',
  card: 'box-sizing:border-box;max-width:32rem;margin:0 auto;padding:28px 24px 12px;background-color:#ffffff;border:1px solid #d7dbe3;border-radius:12px;overflow-wrap:anywhere',
  site: `margin:0 0 4px;color:${SOFT};font-size:14px`,
  heading: 'margin:0 0 20px;font-size:24px;line-height:1.25',
  facts: 'margin:0 0 16px;padding:12px 16px;border:1px solid #d7dbe3;border-radius:8px',
  button:
    'display:inline-block;padding:12px 20px;background-color:#2b5bd7;color:#ffffff;font-weight:600;text-decoration:none;border-radius:8px',
  action: 'margin:24px 0',
  hint: `margin:0 0 16px;color:${SOFT};font-size:14px`,
  link: 'color:#2b5bd7;word-break:break-all',
  footer: `box-sizing:border-box;max-width:32rem;margin:16px auto 0;padding:0 24px;color:${SOFT};font-size:13px;overflow-wrap:anywhere`,
} as const

/** Dark colours, for clients that follow the system and keep style elements. */
const DARK = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.back{background-color:#12151c!important;color:#e8eaf0!important}
.card{background-color:#1c212c!important;border-color:#3a4152!important}
.facts{border-color:#3a4152!important}
.soft{color:#a3abbb!important}
.button{background-color:#8fb0ff!important;color:#0d1a3a!important}
.link{color:#8fb0ff!important}
}`

/** Renders a letter as HTML. */
export function renderHtml(letter: Letter, { site, language, linkHint, footer }: Frame): string {
  const { subject, heading, before, facts = [], action, alternative, after } = letter
  return finish(html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>${subject}</title>
<style>${raw(DARK)}</style>
</head>
<body class="back" style="${STYLES.body}">
<div style="${STYLES.preheader}">${before[0] ?? ''}</div>
<div class="back" style="${STYLES.outer}">
<div class="card" style="${STYLES.card}">
<p class="soft" style="${STYLES.site}">${site}</p>
<h1 style="${STYLES.heading}">${heading}</h1>
${before.slice(0, 1).map(paragraph)}
${facts.length === 0 ? '' : factList(facts)}
${before.slice(1).map(paragraph)}
<p style="${STYLES.action}"><a class="button" href="${action.link}" style="${STYLES.button}">${action.label}</a></p>
${alternative === undefined ? '' : alternativeAction(alternative)}
${after.map(paragraph)}
<p class="soft" style="${STYLES.hint}">${linkHint}<br>${linkText(action.link)}</p>
</div>
<p class="soft" style="${STYLES.footer}">${footer}</p>
</div>
</body>
</html>
`)
}

function paragraph(text: string): Html {
  return html`<p style="${PARAGRAPH}">${text}</p>`
}

function factList(facts: readonly Fact[]): Html {
  return html`<p class="facts" style="${STYLES.facts}">${facts.map(
    ({ label, value }, index) =>
      html`${index === 0 ? '' : html`<br>`}<span class="soft" style="color:${SOFT}">${label}:</span> <strong>${value}</strong>`,
  )}</p>`
}

function alternativeAction({ label, link }: Action): Html {
  return html`<p style="${PARAGRAPH}">${label}<br>${linkText(link)}</p>`
}

function linkText(link: string): Html {
  return html`<a class="link" href="${link}" style="${STYLES.link}">${link}</a>`
}

/** Returns the document as a string. A letter contains nothing asynchronous, so `html` does not return a promise. */
function finish(document: Html): string {
  if (document instanceof Promise) throw new TypeError('A letter contains an asynchronous value')
  return String(document)
}
