import { compactScript } from './script.ts'

/** Runs before the first paint, so that a page does not move: shows the buttons in browsers that know passkeys. */
export const FIND_PASSKEYS =
  "if(window.PublicKeyCredential?.parseRequestOptionsFromJSON)document.documentElement.dataset.passkeys=''"

/**
 * The script of pages with passkeys (WebAuthn Level 3). Without it, or in a browser that is too old, the buttons stay hidden. It
 * asks for options, lets the browser ask the user, sends the answer, and tells the browser which passkeys the account still has. A
 * button in a form sends its fields too. Where the browser can, the button of a login offers the passkeys of this device at once
 * (`uiMode: 'immediate'`), and any other only if there are none.
 */
export const PASSKEY_SCRIPT: string = compactScript(`{
const all = (query) => document.querySelectorAll(query)
const API = window.PublicKeyCredential
const post = async (path, body) => {
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw await response.json()
  return response.json()
}
let pending
for (const button of all('[data-passkey]')) {
  const problem = button.nextElementSibling
  const { passkey, ceremony, next, step, conditional, pending: sent } = button.dataset
  const fields = () => ['email', 'name', 'invitation'].map((name) => [name, button.form?.elements[name]?.value])
  const text = problem.textContent
  const run = async (mediation) => {
    pending?.abort()
    const { signal } = (pending = new AbortController())
    problem.hidden = true
    problem.textContent = text
    button.disabled = !mediation
    try {
      const typed = Object.fromEntries(fields().filter(([, value]) => value))
      const { options } = await post(passkey + '/options', conditional ? { discoverable: true } : typed)
      const publicKey = API['parse' + ceremony + 'OptionsFromJSON'](options)
      const use = { publicKey, mediation, signal }
      const credentials = navigator.credentials
      const began = Date.now()
      const isQuick = conditional && !mediation && (await API.getClientCapabilities?.())?.immediateGet
      const credential = await (ceremony === 'Creation'
        ? credentials.create(use)
        : isQuick
          ? credentials.get({ ...use, uiMode: 'immediate' }).catch((error) => {
              if (error.name !== 'NotAllowedError' || Date.now() - began > 1000) throw error
              return credentials.get(use)
            })
          : credentials.get(use))
      const remember = document.querySelector('[name=remember]')?.checked
      const { status } = await post(passkey, { ...typed, credential: credential.toJSON(), remember })
      if (status === 'verification_required') {
        problem.textContent = sent
        problem.hidden = false
      } else location.assign(status === 'step_required' ? step : next)
    } catch (error) {
      problem.hidden = mediation === 'conditional' || ['AbortError', 'NotAllowedError'].includes(error.name)
    }
    if (!mediation) button.disabled = false
  }
  button.addEventListener('click', () => run())
  if (conditional) API?.isConditionalMediationAvailable?.().then((can) => can && run('conditional'))
}
for (const { dataset } of all('[data-known]')) {
  const known = JSON.parse(dataset.known)
  for (const name of ['AllAcceptedCredentials', 'CurrentUserDetails']) API?.['signal' + name]?.(known).catch(() => {})
}
}`)
