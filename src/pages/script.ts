/**
 * The optional script of all pages. Pages work without it. It shows typed passwords (ASVS 6.2.6) and hides them before a
 * form is sent, shows times in the time zone of the reader, copies secrets, sends a form once, sends some forms by itself, and
 * counts down until a button may be used again.
 */
export const SCRIPT = `'use strict'
{
const all = (query) => document.querySelectorAll(query)
const on = (target, event, run) => target.addEventListener(event, run)
for (const button of all('.eye')) {
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
const language = document.documentElement.lang
for (const time of all('time')) {
  const text = new Date(time.dateTime).toLocaleString(language, { dateStyle: 'long', timeStyle: 'short' })
  if ('local' in time.dataset) time.textContent = text
  else time.title = text
}
for (const button of all('[data-copy]')) {
  const input = document.getElementById(button.dataset.copy)
  on(input, 'focus', () => input.select())
  button.hidden = !navigator.clipboard
  on(button, 'click', async () => {
    await navigator.clipboard.writeText(input.value)
    button.textContent = button.dataset.other
  })
}
for (const form of all('form')) {
  on(form, 'submit', (event) => {
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
}
for (const form of all('form.auto')) form.requestSubmit()
on(window, 'pageshow', () => all('form').forEach((form) => delete form.dataset.sent))
for (const button of all('[data-wait]')) {
  const text = button.textContent
  let left = Number(button.dataset.wait)
  const tick = () => {
    button.disabled = left > 0
    button.textContent = left > 0 ? text + ' (' + left + ')' : text
    if (left-- > 0) setTimeout(tick, 1000)
  }
  tick()
}
}`
