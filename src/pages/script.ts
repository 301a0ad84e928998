/** Adds a button to each password field that shows what was typed (ASVS 6.2.6). Pages work without it. */
export const SCRIPT = `
for (const input of document.querySelectorAll('input[type=password]')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'reveal'
  button.textContent = 'Show'
  button.setAttribute('aria-label', 'Show password')
  button.addEventListener('click', () => {
    const show = input.type === 'password'
    input.type = show ? 'text' : 'password'
    button.textContent = show ? 'Hide' : 'Show'
    button.setAttribute('aria-label', show ? 'Hide password' : 'Show password')
  })
  input.after(button)
}
`
