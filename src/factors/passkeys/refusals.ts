import { Refusal } from '../../kernel/refusal.ts'
import { defineRefusals } from '../../kernel/refusal-entry.ts'

/** The refusals of passkeys. */
export const PASSKEY_REFUSALS = defineRefusals({
  passkey_refused: {
    status: 403,
    title: 'Passkey refused',
    when: 'The passkey is unknown or was removed, its account cannot log in, or the answer of the authenticator is not valid: for example too old, used before or without user verification. The answer never says which.',
    next: 'Request new options, then let the user try again or log in another way.',
    text: {
      en: 'This passkey was not accepted. Try again, or use another way.',
      de: 'Dieser Passkey wurde nicht akzeptiert. Versuchen Sie es noch einmal oder auf einem anderen Weg.',
      fr: 'Cette clé d’accès n’a pas été acceptée. Réessayez, ou utilisez un autre moyen.',
      es: 'Esta llave de acceso no se ha aceptado. Inténtalo de nuevo o de otra forma.',
    },
  },
  last_credential: {
    status: 409,
    title: 'Last credential',
    when: 'The user could not log in any more without it.',
    next: 'Set a password or add another passkey first.',
    text: {
      en: 'This is your only way to log in. Set a password or add another passkey first.',
      de: 'Das ist Ihre einzige Anmeldemöglichkeit. Legen Sie zuerst ein Passwort fest oder fügen Sie einen weiteren Passkey hinzu.',
      fr: 'C’est votre seul moyen de connexion. Choisissez d’abord un mot de passe ou ajoutez une autre clé d’accès.',
      es: 'Es tu única forma de iniciar sesión. Elige antes una contraseña o añade otra llave de acceso.',
    },
  },
  too_many_passkeys: {
    status: 409,
    title: 'Too many passkeys',
    when: 'The user has 50 passkeys.',
    next: 'Remove one first.',
    text: {
      en: 'You have too many passkeys. Remove one first.',
      de: 'Sie haben zu viele Passkeys. Entfernen Sie zuerst einen.',
      fr: 'Vous avez trop de clés d’accès. Retirez-en d’abord une.',
      es: 'Tienes demasiadas llaves de acceso. Quita antes una.',
    },
  },
})

/**
 * Returns the refusal of a passkey. Clients never learn the reason.
 * @param reason for the log; an error of the verification.
 */
export function passkeyRefused(reason: unknown): Refusal {
  return new Refusal(PASSKEY_REFUSALS.passkey_refused, {
    reason: reason instanceof Error ? reason.message : String(reason),
  })
}
