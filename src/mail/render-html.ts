/*
 * Renders a letter as HTML that email clients display correctly. It has no script and no form, and loads nothing but the logo.
 * Essential styles are style attributes, which every client keeps. The tables are layout for classic Outlook, which ignores
 * the width and the padding of other elements. The style element only adds dark colours for clients in dark mode. Hono's
 * `html` escapes every value. Proven by `src/catalogue/mails.test.ts` and `test/mail.test.ts`.
 */
import { html, raw } from 'hono/html'
import { type Frame, type MailLook, supportName } from './frame.ts'
import { keepTogether } from './keep-together.ts'
import type { Action, Letter } from './letter.ts'

type Html = ReturnType<typeof html>

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const BODY_TEXT = `${FONT};font-size:16px;line-height:24px`
const SMALL_TEXT = `${FONT};font-size:13px;line-height:20px`
const INK = '#14171f'
const SOFT = '#525b6b'
const GROUND = '#f6f7f9'
const LINE = '#dfe3ea'
const PARAGRAPH = 'margin:0 0 16px'
const STYLES = {
  body: `margin:0;padding:0;background-color:${GROUND};color:${INK};${BODY_TEXT};-webkit-text-size-adjust:100%`,
  preheader: 'display:none;max-height:0;overflow:hidden;opacity:0;mso-hide:all',
  outer: `background-color:${GROUND}`,
  gutter: 'padding:32px 16px',
  column: 'max-width:512px;table-layout:fixed',
  site: `padding:0 4px 16px;color:${INK};${BODY_TEXT};font-weight:600;overflow-wrap:anywhere`,
  card: `padding:32px 28px 16px;background-color:#ffffff;border:1px solid ${LINE};border-radius:12px;color:${INK};${BODY_TEXT};overflow-wrap:anywhere`,
  heading: `margin:0 0 16px;${FONT};font-size:24px;line-height:32px;font-weight:650;letter-spacing:-0.011em;text-wrap:balance`,
  facts: `margin:0 0 16px;border:1px solid ${LINE};border-radius:8px`,
  factCell: `padding:12px 16px;color:${INK};${BODY_TEXT};overflow-wrap:anywhere`,
  large: 'font-size:28px;line-height:40px;letter-spacing:0.12em',
  soft: `color:${SOFT}`,
  button: 'display:inline-block;padding:12px 20px;font-weight:600;text-align:center;text-decoration:none',
  hint: `margin:0 0 16px;padding-top:16px;border-top:1px solid ${LINE};color:${SOFT};${SMALL_TEXT}`,
  footer: `padding:16px 4px 0;color:${SOFT};${SMALL_TEXT};overflow-wrap:anywhere`,
} as const

/** Dark colours, for clients that follow the system and keep style elements. */
function darkStyle({ colors: { dark, onDark } }: MailLook): string {
  return `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.back{background-color:#0e1116!important;color:#eceef3!important}
.card{background-color:#171b22!important;border-color:#2b313d!important;color:#eceef3!important}
.line{border-color:#2b313d!important;color:#eceef3!important}
.soft{color:#a6aebd!important;border-color:#2b313d!important}
.logo{background-color:#ffffff;padding:6px 8px;border-radius:8px}
.button{background-color:${dark}!important;color:${onDark}!important}
.link{color:${dark}!important}
}`
}

/** Classic Outlook knows no maximum width, so the column gets a table of this width around it. */
const OUTLOOK_START = '<!--[if mso]><table role="presentation" width="512" align="center"><tr><td><![endif]-->'
const OUTLOOK_END = '<!--[if mso]></td></tr></table><![endif]-->'
const TABLE = raw('role="presentation" border="0" cellpadding="0" cellspacing="0"')

/** Renders a letter as HTML. */
export function renderHtml(letter: Letter, frame: Frame): string {
  const { subject, before } = letter
  const { site, language, look } = frame
  return finish(html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>${subject}</title>
<style>${raw(darkStyle(look))}</style>
</head>
<body class="back" style="${STYLES.body}">
<div style="${STYLES.preheader}">${before[0] ?? ''}</div>
<table ${TABLE} width="100%" class="back" style="${STYLES.outer}"><tr><td align="center" style="${STYLES.gutter}">
${raw(OUTLOOK_START)}
<table ${TABLE} width="100%" style="${STYLES.column}">
<tr><td align="left" class="back" style="${STYLES.site}">${look.logo === null ? site : logo(look.logo, site)}</td></tr>
<tr><td align="left" class="card" style="${STYLES.card}">
${card(letter, frame)}
</td></tr>
<tr><td align="left" class="soft" style="${STYLES.footer}">${footer(frame)}</td></tr>
</table>
${raw(OUTLOOK_END)}
</td></tr></table>
</body>
</html>
`)
}

function card({ heading, before, facts = [], action, alternative, after }: Letter, frame: Frame): Html {
  const { look, texts } = frame
  return html`<h1 style="${STYLES.heading}">${keepTogether(heading)}</h1>
${before.slice(0, 1).map(paragraph)}
${facts.length === 0 ? '' : factTable(facts, frame)}
${before.slice(1).map(paragraph)}
${button(action, look)}
${alternative === undefined ? '' : alternativeAction(alternative, look)}
${after.map(paragraph)}
<p class="soft" style="${STYLES.hint}">${texts.linkHint}<br>${linkText(action.link, look)}</p>`
}

function paragraph(text: string): Html {
  return html`<p style="${PARAGRAPH}">${keepTogether(text)}</p>`
}

function logo(url: string, site: string): Html {
  return html`<img class="logo" src="${url}" alt="${site}" height="32" style="display:block;height:32px;max-width:240px;border:0">`
}

function factTable(facts: NonNullable<Letter['facts']>, { texts, formatTime }: Frame): Html {
  const lines = facts.map(
    ({ label, value, isLarge }, index) =>
      html`${index === 0 ? '' : html`<br>`}<span class="soft" style="${STYLES.soft}">${label}${texts.colon}</span>${isLarge ? html`<br>` : ' '}<strong${isLarge ? html` style="${STYLES.large}"` : ''}>${typeof value === 'number' ? formatTime(value) : value}</strong>`,
  )
  return html`<table ${TABLE} width="100%" class="line" style="${STYLES.facts}"><tr><td class="line" style="${STYLES.factCell}">${lines}</td></tr></table>`
}

function button({ label, link }: Action, { colors: { light, onLight }, radius }: MailLook): Html {
  const shape = `background-color:${light};border-radius:${radius}px`
  return html`<table ${TABLE} style="margin:24px 0"><tr><td bgcolor="${light}" style="${shape};mso-padding-alt:12px 20px"><a class="button" href="${link}" style="${STYLES.button};${shape};color:${onLight};${BODY_TEXT}">${keepTogether(label)}</a></td></tr></table>`
}

function alternativeAction({ label, link }: Action, look: MailLook): Html {
  return html`<p style="${PARAGRAPH}">${label}<br>${linkText(link, look)}</p>`
}

function linkText(link: string, { colors: { light } }: MailLook): Html {
  return html`<a class="link" href="${link}" style="color:${light};word-break:break-all">${link}</a>`
}

function footer({ site, texts, look }: Frame): Html {
  const { support, colors } = look
  const help =
    support === null
      ? ''
      : html`<br>${texts.support}${texts.colon} <a class="link" href="${support}" style="color:${colors.light}">${supportName(support)}</a>`
  return html`${texts.footer(site)}${help}`
}

/** Returns the document as a string. A letter contains nothing asynchronous, so `html` does not return a promise. */
function finish(document: Html): string {
  if (document instanceof Promise) throw new TypeError('A letter contains an asynchronous value')
  return String(document)
}
