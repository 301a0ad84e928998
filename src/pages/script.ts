/*
 * The optional script of all pages. Pages work without it. It shows typed passwords (ASVS 6.2.6) and hides them before a form
 * is sent, shows times in the time zone of the reader, groups events by the days of the reader, passes the checkbox of a login on to the
 * other ways to log in, copies secrets, sends a form once, sends some forms by itself, scrolls the
 * navigation of a phone to the page that is open, and counts down until a button may be used again. A page gets only the parts that it uses.
 */

const COMMON = `'use strict'
{
const all = (query) => document.querySelectorAll(query)
const on = (target, event, run) => target.addEventListener(event, run)
`

/** The parts, by the text that a page contains if it uses the part. */
const PARTS: Readonly<Record<string, string>> = {
  'class="eye"': `for (const button of all('.eye')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  const turn = () => {
    const other = button.dataset.other
    button.dataset.other = button.ariaLabel
    button.ariaLabel = other
    input.type = input.type === 'text' ? 'password' : 'text'
  }
  button.hidden = false
  on(button, 'click', turn)
  on(input.form, 'submit', () => input.type === 'text' && turn())
}
`,
  // Dates are written as the region of the reader does: in English, days and months change places.
  '<time ': `const { lang } = document.documentElement
const language = navigator.languages.find((each) => each.startsWith(lang)) ?? lang
for (const time of all('time')) {
  const { local } = time.dataset
  const style = { ...(local !== 'clock' && { dateStyle: 'long' }), ...(local !== 'day' && { timeStyle: 'short' }) }
  const text = new Date(time.dateTime).toLocaleString(language, style)
  if (local) time.textContent = text
  else time.title = text
}
`,
  'class="days"': `for (const days of all('.days')) {
  const template = days.children[0]
  const made = []
  for (const item of days.querySelectorAll('li')) {
    const { dateTime } = item.querySelector('time')
    const day = new Date(dateTime).toLocaleDateString(language, { dateStyle: 'long' })
    if (made.at(-1)?.dataset.day !== day) {
      const section = template.cloneNode(true)
      section.dataset.day = section.querySelector('h2').textContent = day
      section.querySelector('ul').replaceChildren()
      made.push(section)
    }
    made.at(-1).querySelector('ul').append(item)
  }
  days.replaceChildren(...made)
}
`,
  'type="checkbox" name="remember"': `for (const box of all('[type=checkbox][name=remember]')) {
  const follow = () => {
    for (const link of all('main a')) {
      const url = new URL(link.href)
      if (box.checked) url.searchParams.set('remember', 'on')
      else url.searchParams.delete('remember')
      if (url.origin === location.origin) link.href = url
    }
  }
  on(box, 'change', follow)
  on(window, 'pageshow', follow)
}
`,
  'data-copy=': `for (const button of all('[data-copy]')) {
  const input = document.getElementById(button.dataset.copy)
  on(input, 'focus', () => input.select())
  button.hidden = !navigator.clipboard
  on(button, 'click', async () => {
    await navigator.clipboard.writeText(input.value)
    button.textContent = button.dataset.other
  })
}
`,
  '<form ': `for (const form of all('form')) {
  on(form, 'submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
}
on(window, 'pageshow', () => all('form').forEach((form) => delete form.dataset.sent))
`,
  'class="sections"': `for (const here of all('.sections [aria-current]')) here.parentNode.scrollLeft = here.offsetLeft - 48
`,
  'class="auto"': `for (const form of all('form.auto')) form.requestSubmit()
`,
  'data-wait=': `for (const button of all('[data-wait]')) {
  const text = button.textContent
  let left = Number(button.dataset.wait)
  const tick = () => {
    button.disabled = left > 0
    button.textContent = left > 0 && left < 100 ? text + ' (' + left + ')' : text
    if (left-- > 0) setTimeout(tick, 1000)
  }
  tick()
}
`,
}

/** Returns the script for a page; empty if the page uses none of it. */
export function scriptFor(body: string): string {
  const used = Object.entries(PARTS).flatMap(([mark, code]) => (body.includes(mark) ? [code] : []))
  return used.length === 0 ? '' : compactScript(`${COMMON}${used.join('')}}`)
}

/** Removes blanks that only people need. No text of our scripts contains an operator between blanks, a comma or a colon before one. */
export function compactScript(code: string): string {
  return code
    .replaceAll(/\n +/g, '\n')
    .replaceAll(/ (=>|===|=|\+|\?|:|&&|>|<|\{) /g, '$1')
    .replaceAll(/([,:;{]) | ([})])/g, '$1$2')
}
