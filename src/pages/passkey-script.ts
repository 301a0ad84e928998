import { compactScript } from './script.ts'

/** Runs before the first paint, so that a page does not move: shows the buttons in browsers that know passkeys. */
export const FIND_PASSKEYS =
  "if(window.PublicKeyCredential?.parseRequestOptionsFromJSON)document.documentElement.dataset.passkeys=''"

/**
 * The script of pages with passkeys (WebAuthn Level 3). Without it, or in a browser that is too old, the buttons stay hidden. It
 * asks for options, lets the browser ask the user, sends the answer, and tells the browser which passkeys the account still has.
 */
export const PASSKEY_SCRIPT: string = compactScript(`'use strict'
{
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
  const { passkey, ceremony, next, step, conditional } = button.dataset
  const problem = button.nextElementSibling
  const run = async (mediation) => {
    pending?.abort()
    const { signal } = (pending = new AbortController())
    problem.hidden = true
    button.disabled = !mediation
    try {
      const { options } = await post(passkey + '/options', conditional ? { discoverable: true } : {})
      const publicKey = API['parse' + ceremony + 'OptionsFromJSON'](options)
      const use = { publicKey, mediation, signal }
      const credentials = navigator.credentials
      const credential = await (ceremony === 'Creation' ? credentials.create(use) : credentials.get(use))
      const remember = document.querySelector('[name=remember]')?.checked
      const { status } = await post(passkey, { credential: credential.toJSON(), remember })
      location.assign(status === 'step_required' ? step : next)
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
