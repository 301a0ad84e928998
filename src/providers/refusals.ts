import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of logins with a provider. */
export const PROVIDER_REFUSALS = defineRefusals({
  provider_refused: {
    status: 401,
    title: 'Login with the provider refused',
    when: 'The answer of the provider does not belong to a login that this browser began in the last 10 minutes, was used before, or is not valid. The answer never says which.',
    next: 'Start the login with the provider again.',
    text: {
      en: 'That login could not be completed. Please try again.',
      de: 'Diese Anmeldung konnte nicht abgeschlossen werden. Bitte versuchen Sie es noch einmal.',
      fr: 'Cette connexion n’a pas pu aboutir. Veuillez réessayer.',
      es: 'No se pudo completar el inicio de sesión. Inténtalo de nuevo.',
    },
  },
  provider_denied: {
    status: 403,
    title: 'Provider denied the login',
    when: 'The user cancelled the login at the provider, or the provider refused it.',
    next: 'Start again, or log in another way.',
    text: {
      en: 'You cancelled the login, or the other service refused it.',
      de: 'Sie haben die Anmeldung abgebrochen, oder der andere Dienst hat sie abgelehnt.',
      fr: 'Vous avez annulé la connexion, ou l’autre service l’a refusée.',
      es: 'Has cancelado el inicio de sesión o el otro servicio lo ha rechazado.',
    },
  },
  provider_unavailable: {
    status: 503,
    title: 'Provider unavailable',
    when: 'The provider did not answer within 5 seconds, or its answer was not usable. Other ways to log in are not affected.',
    next: 'Try again later, or log in another way.',
    text: {
      en: 'The other service does not answer. Please try again later, or log in another way.',
      de: 'Der andere Dienst antwortet nicht. Versuchen Sie es später noch einmal, oder melden Sie sich anders an.',
      fr: 'L’autre service ne répond pas. Réessayez plus tard ou connectez-vous autrement.',
      es: 'El otro servicio no responde. Inténtalo más tarde o inicia sesión de otra forma.',
    },
  },
  link_required: {
    status: 409,
    title: 'Log in first, then link',
    when: 'An account with the email address of the provider exists, and the provider cannot prove that it belongs to the same person.',
    next: 'Log in as before, then link the provider on the security page: POST /auth/identities/{provider}.',
    text: {
      en: 'There is already an account with this email address. Log in the way you did before, then link the other service under Security.',
      de: 'Es gibt bereits ein Konto mit dieser E-Mail-Adresse. Melden Sie sich an wie bisher, und verknüpfen Sie den anderen Dienst dann unter „Sicherheit“.',
      fr: 'Un compte existe déjà avec cette adresse e-mail. Connectez-vous comme avant, puis associez l’autre service dans « Sécurité ».',
      es: 'Ya existe una cuenta con esta dirección de correo. Inicia sesión como antes y después vincula el otro servicio en «Seguridad».',
    },
  },
  provider_without_email: {
    status: 403,
    title: 'No email address',
    when: 'The provider reported no usable email address, and an account needs one.',
    next: 'Allow the provider to share an email address, or register another way.',
    text: {
      en: 'The other service did not share an email address, which an account needs.',
      de: 'Der andere Dienst hat keine E-Mail-Adresse mitgeteilt. Ein Konto braucht eine.',
      fr: 'L’autre service n’a pas transmis d’adresse e-mail, nécessaire pour un compte.',
      es: 'El otro servicio no ha compartido una dirección de correo, y la cuenta la necesita.',
    },
  },
  identity_taken: {
    status: 409,
    title: 'Already linked',
    when: 'This account at the provider is linked to a user already, perhaps to another one.',
    next: 'Unlink it there first, or use another account at the provider.',
    text: {
      en: 'That account is already linked, here or to another account.',
      de: 'Dieses Konto ist bereits verknüpft, hier oder mit einem anderen Konto.',
      fr: 'Ce compte est déjà associé, ici ou à un autre compte.',
      es: 'Esa cuenta ya está vinculada, aquí o a otra cuenta.',
    },
  },
  provider_cannot_confirm: {
    status: 409,
    title: 'Provider cannot confirm the identity',
    when: 'The provider cannot prove that the user logged in there just now, as GitHub cannot, or the account at the provider is not linked to the user.',
    next: 'Confirm the identity another way, or log out and log in again.',
    text: {
      en: 'The other service cannot confirm that it is you right now. Confirm another way, or log out and log in again.',
      de: 'Der andere Dienst kann gerade nicht bestätigen, dass Sie es sind. Bestätigen Sie es anders, oder melden Sie sich ab und wieder an.',
      fr: 'L’autre service ne peut pas confirmer que c’est bien vous. Confirmez autrement, ou déconnectez-vous puis reconnectez-vous.',
      es: 'El otro servicio no puede confirmar ahora que eres tú. Confírmalo de otra forma, o cierra la sesión e iníciala de nuevo.',
    },
  },
})
