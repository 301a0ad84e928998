import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of logins. */
export const LOGIN_REFUSALS = defineRefusals({
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    when: 'The email address and the password do not match, or the account cannot log in. The answer never says which.',
    next: 'Ask the user to check both and to try again.',
    text: {
      en: 'That email and password do not match.',
      de: 'E-Mail-Adresse und Passwort passen nicht zusammen.',
      fr: 'L’adresse e-mail et le mot de passe ne correspondent pas.',
      es: 'El correo y la contraseña no coinciden.',
    },
  },
  email_not_verified: {
    status: 403,
    title: 'Email address not verified',
    when: 'The email address and the password are right, but this service requires a verified email address. It sends an email with a link.',
    next: 'Open the link in the email, then log in.',
    text: {
      en: 'Your email address is not confirmed yet. We have sent you a new link: open it, then log in.',
      de: 'Ihre E-Mail-Adresse ist noch nicht bestätigt. Wir haben Ihnen einen neuen Link geschickt: Öffnen Sie ihn und melden Sie sich dann an.',
      fr: 'Votre adresse e-mail n’est pas encore confirmée. Nous vous avons envoyé un nouveau lien : ouvrez-le, puis connectez-vous.',
      es: 'Tu dirección de correo aún no está confirmada. Te hemos enviado un enlace nuevo: ábrelo y después inicia sesión.',
    },
  },
  attempt_ended: {
    status: 401,
    title: 'Login attempt ended',
    when: 'There is no login in progress, or it was completed, has expired after 10 minutes, had 5 wrong answers, or began on another device. The answer never says which.',
    next: 'Log in again from the start.',
    text: {
      en: 'This login has ended. Please log in again.',
      de: 'Diese Anmeldung ist abgelaufen. Bitte melden Sie sich noch einmal an.',
      fr: 'Cette connexion a expiré. Veuillez vous reconnecter.',
      es: 'Este inicio de sesión ha caducado. Inicia sesión otra vez.',
    },
  },
  second_factor_required: {
    status: 403,
    title: 'Second factor required',
    when: 'The user set up a second factor, so the password alone does not confirm their identity.',
    next: 'Ask for a passkey or for a code of the authenticator app: POST /auth/reauthenticate/passkey or /totp.',
    text: {
      en: 'Confirm with your second factor.',
      de: 'Bestätigen Sie mit Ihrem zweiten Faktor.',
      fr: 'Confirmez avec votre second facteur.',
      es: 'Confirma con tu segundo factor.',
    },
  },
  wrong_code: {
    status: 403,
    title: 'Wrong code',
    when: 'The answer to the open step of the login is wrong. The login attempt ends after 5 wrong answers.',
    next: 'Ask the user to try again.',
    text: {
      en: 'That code is not right.',
      de: 'Dieser Code stimmt nicht.',
      fr: 'Ce code n’est pas correct.',
      es: 'Ese código no es correcto.',
    },
  },
})
