/** Style of all pages: one column, system fonts, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1f2b; --soft: #5b6475; --line: #d7dbe3; --paper: #fff; --back: #f3f4f7; --brand: #2b5bd7; --on-brand: #fff; --bad: #b3261e; --good: #1b6e3c }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #a3abbb; --line: #3a4152; --paper: #1c212c; --back: #12151c; --brand: #8fb0ff; --on-brand: #0d1a3a; --bad: #ff9d94; --good: #7fd6a0 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { margin: 6vh auto; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 12px }
.card { max-width: 30rem } .wide { max-width: 64rem }
@media (max-width: 34rem) { main { margin: 0; border: 0; border-radius: 0; min-height: 100vh; padding: 1.25rem } }
h1 { margin: 0 0 1.25rem; font-size: 1.6rem; line-height: 1.2 } h2 { margin: 2rem 0 .75rem; font-size: 1.1rem }
.site { margin: 0 0 .25rem; color: var(--soft); font-size: .9rem } .soft { color: var(--soft); font-size: .9rem }
label { display: block; margin: 0 0 .3rem; font-weight: 600; font-size: .95rem }
.field { position: relative; margin: 0 0 1rem } .check { display: flex; gap: .5rem; align-items: center; font-weight: 400 }
input:not([type=checkbox]) { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px }
.reveal { position: absolute; right: .4rem; top: 2rem; width: auto; padding: .25rem .5rem; background: var(--paper); color: var(--soft); border: 0; font-size: .85rem }
button { padding: .65rem 1rem; font: inherit; font-weight: 600; color: var(--on-brand); background: var(--brand); border: 1px solid transparent; border-radius: 8px; cursor: pointer }
button.main { width: 100% } button.quiet { background: transparent; color: var(--ink); border-color: var(--line); padding: .35rem .75rem; font-weight: 400 }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px } a { color: var(--brand) }
.message { padding: .6rem .8rem; margin: 0 0 1rem; border-radius: 8px; border: 1px solid currentColor } .bad { color: var(--bad) } .good { color: var(--good) }
.error { display: block; margin-top: .3rem; color: var(--bad); font-size: .9rem }
ul.sessions { list-style: none; margin: 0 0 1rem; padding: 0 } ul.sessions li { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding: .7rem 0; border-top: 1px solid var(--line) }
ul.sessions span { min-width: 0; overflow-wrap: anywhere } .row { display: flex; gap: .75rem; flex-wrap: wrap }
table { width: 100%; border-collapse: collapse; font-size: .92rem } th, td { padding: .4rem .5rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top } code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
section { border-top: 1px solid var(--line); padding: 1rem 0 } section h2 { margin: 0 0 .25rem }
`
