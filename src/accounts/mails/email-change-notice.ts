import { defineTexts } from '../../kernel/language.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Goes to the old email address of an account when a change is requested. It never contains the new address. */
export interface EmailChangeNoticeMail {
  readonly kind: 'email_change_notice'
  /**
   * Keeps or restores the old email address; the link contains the one-time token and expires after this number of days.
   * Null if the old address was never verified.
   */
  readonly undo: { readonly link: string; readonly days: number } | null
  /**
   * Stops the change while it is not confirmed, if the old address was never verified. Emails that version 0.1 wrote have
   * neither `undo` nor `stop`.
   */
  readonly stop?: { readonly link: string; readonly days: number }
  /** Opens the page for forgotten passwords. A password reset stops a change that is not confirmed yet. */
  readonly resetLink: string
}

/** Texts of `email_change_notice`. */
export interface EmailChangeNoticeTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly expected: string
  readonly unexpected: string
  readonly button: string
  readonly validity: (days: number) => string
  /** Replaces `unexpected` if the change cannot be undone. */
  readonly unexpectedWithoutUndo: string
  /** Replaces `unexpected` if the change can be stopped, but not undone. */
  readonly unexpectedWithStop: string
  /** Replaces `button` if the change can be stopped, but not undone. */
  readonly stopButton: string
  /** Replaces `button` if the change cannot be undone, and follows `stopButton`. */
  readonly resetButton: string
}

/** Template of `email_change_notice`. */
export const EMAIL_CHANGE_NOTICE: MailTemplate<EmailChangeNoticeMail, EmailChangeNoticeTexts> = {
  texts: defineTexts<EmailChangeNoticeTexts>('email_change_notice', {
    en: {
      subject: (site) => `The email address of your ${site} account is being changed`,
      heading: 'Your email address is being changed',
      notice: (site) =>
        `We received a request to replace the email address of your account at ${site}. ` +
        'The request came from a device that is logged in to your account. ' +
        'When the new email address is confirmed, this one no longer belongs to your account.',
      expected: 'If you made this request, you do not need to do anything.',
      unexpected:
        'If you did not make this request, keep this email address. You can do this even after the change. ' +
        'Then set a new password.',
      button: 'Keep this email address',
      validity: (days) => `The link works once and is valid for ${quantity(days, 'day', 'days')}.`,
      unexpectedWithoutUndo:
        'If you did not make this request, set a new password now. ' +
        'This stops the change if the new email address is not confirmed yet.',
      unexpectedWithStop:
        'If you did not make this request, stop the change now. This also logs out all devices. ' +
        'You cannot stop it after the new email address is confirmed. Then set a new password.',
      stopButton: 'Stop the change',
      resetButton: 'Set a new password',
    },
    de: {
      subject: (site) => `Die E-Mail-Adresse Ihres Kontos bei ${site} wird geändert`,
      heading: 'Ihre E-Mail-Adresse wird geändert',
      notice: (site) =>
        `Wir haben eine Anfrage erhalten, die E-Mail-Adresse Ihres Kontos bei ${site} zu ersetzen. ` +
        'Die Anfrage kam von einem Gerät, das in Ihrem Konto angemeldet ist. ' +
        'Sobald die neue E-Mail-Adresse bestätigt ist, gehört die bisherige nicht mehr zu Ihrem Konto.',
      expected: 'Wenn diese Anfrage von Ihnen kommt, müssen Sie nichts tun.',
      unexpected:
        'Wenn diese Anfrage nicht von Ihnen kommt, behalten Sie diese E-Mail-Adresse. Das geht auch nach der Änderung. ' +
        'Legen Sie danach ein neues Passwort fest.',
      button: 'Diese E-Mail-Adresse behalten',
      validity: (days) => `Der Link funktioniert einmal und gilt ${quantity(days, 'Tag', 'Tage')}.`,
      unexpectedWithoutUndo:
        'Wenn diese Anfrage nicht von Ihnen kommt, legen Sie jetzt ein neues Passwort fest. ' +
        'Das stoppt die Änderung, solange die neue E-Mail-Adresse nicht bestätigt ist.',
      unexpectedWithStop:
        'Wenn diese Anfrage nicht von Ihnen kommt, stoppen Sie die Änderung jetzt. Dabei werden auch alle Geräte abgemeldet. ' +
        'Nachdem die neue E-Mail-Adresse bestätigt ist, geht das nicht mehr. Legen Sie danach ein neues Passwort fest.',
      stopButton: 'Änderung stoppen',
      resetButton: 'Neues Passwort festlegen',
    },
    fr: {
      subject: (site) => `L’adresse e-mail de votre compte ${site} va changer`,
      heading: 'Votre adresse e-mail va changer',
      notice: (site) =>
        `Nous avons reçu une demande de remplacement de l’adresse e-mail de votre compte sur ${site}. ` +
        'La demande vient d’un appareil connecté à votre compte. ' +
        'Une fois la nouvelle adresse confirmée, l’adresse actuelle ne fera plus partie de votre compte.',
      expected: 'Si vous êtes à l’origine de cette demande, vous n’avez rien à faire.',
      unexpected:
        'Si vous n’êtes pas à l’origine de cette demande, gardez cette adresse e-mail. C’est possible même après le changement. ' +
        'Choisissez ensuite un nouveau mot de passe.',
      button: 'Garder cette adresse e-mail',
      validity: (days) => `Le lien fonctionne une seule fois et reste valable ${quantity(days, 'jour', 'jours')}.`,
      unexpectedWithoutUndo:
        'Si vous n’êtes pas à l’origine de cette demande, choisissez tout de suite un nouveau mot de passe. ' +
        'Cela bloque le changement tant que la nouvelle adresse n’est pas confirmée.',
      unexpectedWithStop:
        'Si vous n’êtes pas à l’origine de cette demande, bloquez le changement tout de suite. Tous les appareils seront aussi déconnectés. ' +
        'Une fois la nouvelle adresse confirmée, ce n’est plus possible. Choisissez ensuite un nouveau mot de passe.',
      stopButton: 'Bloquer le changement',
      resetButton: 'Choisir un nouveau mot de passe',
    },
    es: {
      subject: (site) => `La dirección de correo de tu cuenta de ${site} va a cambiar`,
      heading: 'Tu dirección de correo va a cambiar',
      notice: (site) =>
        `Hemos recibido una solicitud para reemplazar la dirección de correo de tu cuenta de ${site}. ` +
        'La solicitud viene de un dispositivo con la sesión iniciada en tu cuenta. ' +
        'Cuando se confirme la dirección nueva, la actual dejará de pertenecer a tu cuenta.',
      expected: 'Si has hecho esta solicitud, no tienes que hacer nada.',
      unexpected:
        'Si no has hecho esta solicitud, conserva esta dirección. Puedes hacerlo incluso después del cambio. ' +
        'Después, elige una contraseña nueva.',
      button: 'Conservar esta dirección',
      validity: (days) => `El enlace funciona una sola vez y es válido durante ${quantity(days, 'día', 'días')}.`,
      unexpectedWithoutUndo:
        'Si no has hecho esta solicitud, elige una contraseña nueva ahora. ' +
        'Esto detiene el cambio si la dirección nueva todavía no está confirmada.',
      unexpectedWithStop:
        'Si no has hecho esta solicitud, detén el cambio ahora. También se cerrará la sesión en todos los dispositivos. ' +
        'Cuando la dirección nueva esté confirmada, ya no podrás detenerlo. Después, elige una contraseña nueva.',
      stopButton: 'Detener el cambio',
      resetButton: 'Elegir una contraseña nueva',
    },
  }),
  toLetter({ undo, stop, resetLink }, site, texts) {
    const frame = { subject: texts.subject(site), heading: texts.heading }
    const before = (unexpected: string): readonly string[] => [texts.notice(site), texts.expected, unexpected]
    if (undo !== null) {
      const action = { label: texts.button, link: undo.link }
      return { ...frame, before: before(texts.unexpected), action, after: [texts.validity(undo.days)] }
    }
    const reset = { label: texts.resetButton, link: resetLink }
    if (stop === undefined) return { ...frame, before: before(texts.unexpectedWithoutUndo), action: reset, after: [] }
    const action = { label: texts.stopButton, link: stop.link }
    const after = [texts.validity(stop.days)]
    return { ...frame, before: before(texts.unexpectedWithStop), action, alternative: reset, after }
  },
}
