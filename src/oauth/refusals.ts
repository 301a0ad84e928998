import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of OAuth. The endpoints of the protocol answer with the errors of RFC 6749 instead. */
export const OAUTH_REFUSALS = defineRefusals({
  authorization_refused: {
    status: 400,
    title: 'Authorization request refused',
    when: 'An app sent a user with a wrong request, and its redirect URI cannot be trusted with the answer.',
    next: 'Compare the request with the registered client: client_id, redirect_uri and response_type=code.',
    text: {
      en: 'The app that sent you here made a mistake. Go back to it and try again.',
      de: 'Die App, die Sie hierher geschickt hat, hat einen Fehler gemacht. Gehen Sie zurück und versuchen Sie es noch einmal.',
      fr: 'L’application qui vous a envoyé ici a fait une erreur. Retournez-y et réessayez.',
      es: 'La aplicación que te envió aquí cometió un error. Vuelve a ella e inténtalo de nuevo.',
    },
  },
  consent_ended: {
    status: 410,
    title: 'Request ended',
    when: 'The request of the app has expired, was answered already, or belongs to another user.',
    next: 'Start again in the app.',
    text: {
      en: 'This request has ended. Start again in the app.',
      de: 'Diese Anfrage ist beendet. Beginnen Sie in der App noch einmal.',
      fr: 'Cette demande est terminée. Recommencez dans l’application.',
      es: 'Esta solicitud ha terminado. Empieza de nuevo en la aplicación.',
    },
  },
  logout_refused: {
    status: 400,
    title: 'Logout request refused',
    when: 'An app sent a user to log out with a wrong request. The user is still logged in.',
    next: 'Send an ID token of this service as id_token_hint, and one of the registered URIs as post_logout_redirect_uri.',
    text: {
      en: 'The app that sent you here made a mistake, so you are still logged in. You can log out in your account.',
      de: 'Die App, die Sie hierher geschickt hat, hat einen Fehler gemacht. Sie sind noch angemeldet und können sich in Ihrem Konto abmelden.',
      fr: 'L’application qui vous a envoyé ici a fait une erreur. Vous êtes encore connecté et pouvez vous déconnecter dans votre compte.',
      es: 'La aplicación que te envió aquí cometió un error. Tu sesión sigue iniciada y puedes cerrar la sesión en tu cuenta.',
    },
  },
  device_code_ended: {
    status: 410,
    title: 'Device code ended',
    when: 'No device waits with this code: it is wrong, has expired, or was answered already.',
    next: 'Compare the code with the device, or start again there.',
    text: {
      en: 'This code is wrong or has ended. Compare it with the device, or start again there.',
      de: 'Dieser Code ist falsch oder abgelaufen. Vergleichen Sie ihn mit dem Gerät, oder beginnen Sie dort noch einmal.',
      fr: 'Ce code est faux ou a expiré. Comparez-le avec l’appareil, ou recommencez là-bas.',
      es: 'Este código es incorrecto o ha caducado. Compáralo con el dispositivo o empieza allí de nuevo.',
    },
  },
})
