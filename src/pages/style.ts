/*
 * The style of all pages: the tokens of the design, light and dark, and the components. The brand adds its colours and
 * radius as variables, and at last its own style sheet.
 */
import { parseStyle, type Style } from './used-style.ts'

const TOKENS = `
:root{color-scheme:light dark;--bg:#f6f7f9;--surface:#fff;--ink:#14171f;--soft:#525b6b;--line:#dfe3ea;--control:#808a9c;--danger:#b42318;--danger-bg:#fef3f2;--ok:#17663a;--ok-bg:#eefaf2;--warn:#8a4b00;--warn-bg:#fff7e6}
@media (prefers-color-scheme:dark){:root{--bg:#0e1116;--surface:#171b22;--ink:#eceef3;--soft:#a6aebd;--line:#2b313d;--control:#727c8f;--danger:#ffa59c;--danger-bg:#331a1a;--ok:#86dba8;--ok-bg:#12291c;--warn:#f5c26b;--warn-bg:#2c2210}}
`

const BASE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;min-height:100svh;background:var(--bg);color:var(--ink);font:.9375rem/1.467 system-ui,sans-serif;overflow-wrap:anywhere;text-wrap:pretty}
h1,h2,h3,p,ul,figure{margin:0;padding:0}
h1{font-size:1.5rem;line-height:1.333;font-weight:650;letter-spacing:-.011em;text-wrap:balance}
h2,h3{font-size:1.0625rem;line-height:1.412;font-weight:600}
a{color:var(--brand);text-underline-offset:.15em}
.soft,.hint,.sub{color:var(--soft)}.hint,.sub,.error,footer{font-size:.8125rem;line-height:1.54}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
.icon{width:1.25rem;height:1.25rem;flex:none;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--surface)}
.logo{display:inline-flex;color:inherit;font-weight:650;text-decoration:none}.logo img{display:block;max-height:2rem;max-width:12rem}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px}
@media (prefers-color-scheme:dark){.plate{background:#fff;border-radius:8px;padding:.375rem .5rem}.logo .plate{max-height:2.75rem}}
footer nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:center}footer a{color:var(--soft);padding:.25rem 0}
`

const FORMS = `
.codes{columns:2 9.75rem;column-gap:1rem;list-style:none;padding:0;font-size:.875rem}.codes code{overflow-wrap:anywhere}.qr svg{display:block;width:12rem;max-width:100%;height:auto;margin:0 auto;background:#fff}
.copyable{display:flex;flex-wrap:wrap;gap:.5rem}.copyable input[readonly]{flex:1 1 9rem;font:.875rem ui-monospace,monospace}.copyable button{flex:0 1 auto;max-width:100%}
form{display:grid;gap:1rem}
.field{display:grid;grid-template-columns:1fr auto;gap:.25rem .75rem}.field>*{grid-column:1/-1}
.field>label{grid-column:1;min-width:6.5rem;font-weight:600}
input:not([type=checkbox],[type=radio]),select{width:100%;min-width:0;height:44px;padding:0 .75rem;font:1rem system-ui,sans-serif;color:inherit;background:var(--surface);border:1px solid var(--control);border-radius:var(--radius)}
input[readonly]{background:var(--bg)}
[aria-invalid]{border:2px solid var(--danger)!important}
.error{display:flex;gap:.375rem;color:var(--danger)}.error .icon{width:1rem;height:1rem;margin-top:.15em}
.with-eye{position:relative;display:block}.with-eye input{padding-right:48px}
.eye{position:absolute;right:0;top:0;width:44px;height:44px;padding:0;border:0;background:none;color:var(--soft);cursor:pointer;border-radius:var(--radius)}
.check{display:flex;gap:.625rem;align-items:flex-start;min-height:24px}.check input,.choice input{flex:none;width:1.25rem;height:1.25rem;margin:.0625rem 0 0;accent-color:var(--brand)}.check .hint{display:block}
fieldset{display:grid;gap:.5rem;margin:0;padding:0;border:0}legend{padding:0 0 .25rem;font-weight:600}
button,.button{display:inline-flex;align-items:center;justify-content:center;gap:.5rem;min-height:44px;padding:.5rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;border:1px solid var(--control);border-radius:var(--radius);background:var(--surface);color:var(--ink);cursor:pointer}
.danger{color:var(--danger)}.main{background:var(--brand);border-color:var(--brand);color:var(--on-brand)}.main.danger{--brand:var(--danger);--on-brand:var(--surface)}
.small{min-height:36px;padding:.25rem .75rem;font-weight:500}
button:hover,.button:hover{background:color-mix(in srgb,currentColor 6%,var(--surface))}.main:hover{background:color-mix(in srgb,#000 12%,var(--brand))}.main:active{background:color-mix(in srgb,#000 22%,var(--brand))}
button:disabled{opacity:.6;cursor:default}[hidden]{display:none!important}html:not([data-passkeys]) [data-passkey]{display:none}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
.note{display:flex;gap:.625rem;padding:.75rem 1rem;border-radius:var(--radius)}.note>div{min-width:0;display:grid;gap:.5rem;justify-items:start}
.note.ok{color:var(--ok);background:var(--ok-bg)}.note.info{background:color-mix(in srgb,var(--brand) 9%,var(--surface))}.note.warn{color:var(--warn);background:var(--warn-bg)}.note.danger{color:var(--danger);background:var(--danger-bg)}.note a{color:inherit}
.note.warn button{color:var(--ink)}
@media (prefers-reduced-motion:no-preference){a,button,.button,input{transition:background-color .12s,border-color .12s,color .12s}}
@media (forced-colors:active){.note,.tag,.main,[aria-current]{border:1px solid}}
`

const ENTRY = `
.beside{grid-area:1/2;justify-self:end}.divider{display:flex;align-items:center;gap:.75rem;color:var(--soft);font-size:.8125rem}.divider:before,.divider:after{content:'';flex:1;border-top:1px solid var(--line)}
.entry{display:flex;flex-direction:column;padding:clamp(1.5rem,8vh,5rem) 1rem 1.5rem}
.entry>header{text-align:center;margin:0 auto 1.5rem}.entry main{width:100%;max-width:416px;margin:0 auto}
.entry .card{display:grid;gap:1rem;padding:1.5rem;box-shadow:0 1px 2px #10182810,0 8px 24px #1018280d}
.entry h1,.lead{text-align:center}.lead{color:var(--soft);margin-top:-.5rem;text-wrap:balance}.entry .card button,.entry .card .button{width:100%}.entry .card .eye{width:44px}
.ways{display:grid;gap:.5rem}.ways .divider{margin-top:.5rem}html:not([data-passkeys]) .scripted{display:none}.below{display:grid;gap:.5rem;margin-top:1.5rem;text-align:center}.card .below{margin:0}.entry footer{margin:auto auto 0;padding-top:3rem}
.state{order:-1;justify-self:center;display:grid;place-items:center;width:3rem;height:3rem;border-radius:50%;background:color-mix(in srgb,var(--brand) 10%,var(--surface));color:var(--brand)}
@media (min-width:480px){.entry .card{padding:2rem}}
`

/** Lists: on the pages of the account, and what an app asks for. */
const ROWS = `
.rows{list-style:none;background:var(--surface);border:1px solid var(--line);border-radius:12px}.rows li{display:flex;flex-wrap:wrap;gap:.875rem;align-items:center;padding:.875rem 1rem}.rows li+li{border-top:1px solid var(--line)}.what{flex:1 1 9rem;min-width:0}.what.long{flex-basis:16rem}.what~*{margin-left:auto}.title{font-weight:600}.rows form{display:block;flex:0 1 auto}
.badge,.avatar{display:grid;place-items:center;flex:none;width:2.25rem;height:2.25rem}.badge{border-radius:var(--radius);background:var(--bg);color:var(--soft)}
`

const ACCOUNT = `
.bar{display:flex;align-items:center;gap:.75rem;max-width:1016px;margin:0 auto;padding:.75rem 1rem}.bar .logo{margin-right:auto;min-width:0}.top{background:var(--surface);border-bottom:1px solid var(--line)}.bar form{display:block}
.avatar{border-radius:50%;background:color-mix(in srgb,var(--brand) 14%,var(--surface));color:var(--brand);font-weight:650;font-size:.8125rem}
.columns{max-width:1016px;margin:0 auto;padding:0 1rem 3rem}
.sections{display:flex;gap:.25rem;overflow-x:auto;margin:0 -1rem;padding:.75rem 1rem}.sections a{display:flex;align-items:center;gap:.625rem;flex:none;padding:.5rem .75rem;min-height:40px;border-radius:var(--radius);color:var(--soft);text-decoration:none}.sections a:hover{background:color-mix(in srgb,var(--ink) 5%,transparent)}.sections [aria-current]{background:color-mix(in srgb,var(--ink) 8%,transparent);color:var(--ink);font-weight:600}
.columns main{display:grid;gap:1.5rem;align-content:start;min-width:0}.head{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:flex-end;justify-content:space-between}.head>div{flex:1 1 20rem;min-width:0}.head .lead{text-align:left;margin:.25rem 0 0}
.columns .card{display:grid;gap:1rem;padding:1.25rem}.columns .card>form{justify-items:start}.columns .card .field{width:100%;max-width:416px}
.card.list{padding:0}.card-head{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}.card-head>div{flex:1 1 14rem;min-width:0}
.tag{display:inline-block;padding:0 .5rem;border-radius:99px;font-size:.75rem;line-height:1.25rem;font-weight:600;background:color-mix(in srgb,var(--ink) 8%,var(--surface))}.tag.ok{color:var(--ok);background:var(--ok-bg)}.tag.warn{color:var(--warn);background:var(--warn-bg)}
.empty{display:grid;gap:.75rem;justify-items:center;padding:2rem 1rem;text-align:center;text-wrap:balance;color:var(--soft);background:var(--surface);border:1px dashed var(--control);border-radius:12px}
.days{display:grid;gap:1.5rem}.group{display:grid;gap:.5rem}.columns .qr svg{margin:0}.card.risk{border-color:var(--danger)}ul.plain{padding-left:1.25rem;display:grid;gap:.25rem}
@media (max-width:479px){.card-head>.badge+div{flex-basis:calc(100% - 3.25rem)}.card-head>.badge~:not(div){margin-left:3.25rem}}
@media (min-width:768px){.columns{display:grid;grid-template-columns:200px minmax(0,752px);gap:0 4rem;padding-top:2rem}.sections{flex-direction:column;margin:0;padding:0;overflow:visible}.columns footer{grid-column:2}}
.columns footer{padding-top:3rem}
`

const DOCUMENT = `
.top{background:var(--surface);border-bottom:1px solid var(--line)}.bar,.columns{max-width:1100px;margin:0 auto;padding:.75rem 1rem}
.document main{min-width:0;display:grid;gap:1rem;align-content:start}.document nav ul{list-style:none}.document main ul{list-style:none;display:grid;gap:.25rem}.document table{overflow-wrap:anywhere}.number{min-width:3rem}.document nav{padding-bottom:1rem}.document nav a{display:inline-block;padding:.125rem 0}
section{border-top:1px solid var(--line);padding-top:1rem;display:grid;gap:.75rem}
table{width:100%;border-collapse:collapse;font-size:.8125rem}th,td{padding:.375rem .5rem;border-top:1px solid var(--line);text-align:left;vertical-align:top}caption{text-align:left;color:var(--soft)}
code{font:.875em ui-monospace,monospace}td code{font-size:1em}.document a{text-underline-offset:.3em}pre{margin:0;padding:.75rem 1rem;overflow-x:auto;background:var(--surface);border:1px solid var(--line);border-radius:var(--radius)}
@media (min-width:900px){.columns{display:grid;grid-template-columns:220px minmax(0,1fr);gap:2.5rem;padding-top:1.5rem}.document nav{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow:auto}}
`

const PRINT =
  '@media print{.sections,.bar form,button,.button,footer,.skip{display:none!important}body{background:#fff}}'

/** Style of an entry page: one card. */
export const ENTRY_STYLE: Style = parseStyle([TOKENS, BASE, FORMS, ENTRY, ROWS, PRINT].join(''))

/** Style of the pages of the account. */
export const ACCOUNT_STYLE: Style = parseStyle([TOKENS, BASE, FORMS, ROWS, ACCOUNT, PRINT].join(''))

/** Style of the pages for developers. */
export const DOCUMENT_STYLE: Style = parseStyle([TOKENS, BASE, DOCUMENT, PRINT].join(''))
