import { defineTexts } from '../kernel/language.ts'

/** Texts of the pages that the links in emails about an email address open. */
export const LINK_TEXTS = defineTexts('links', {
  en: {
    forAddress: (email: string) => `For ${email}`,
    verifyTitle: 'Confirm your email address',
    verifyButton: 'Confirm my email address',
    verified: 'Your email address is confirmed.',
    notYours: 'Not your password?',
    notYoursLead:
      'If another person created this account with your email address, set a password of your own: it locks them out.',
    setAndVerify: 'Set password and confirm',
    noPassword: 'No password? Log in in this browser, and open the link in the email again.',
    logInHere: 'Log in',
    changeTitle: 'Use this email address?',
    accountPassword: 'The password of the account that gets this address.',
    changeButton: 'Use this email address',
    changed: 'Your email address is changed.',
    undoTitle: 'Keep your previous email address?',
    undoLead:
      'This undoes or stops the change. All devices are logged out. If this address was confirmed, you set a new password: we email you a link for it.',
    undoButton: 'Undo the change',
    undone:
      'The change is undone and all devices are logged out. If we emailed you a link, set a new password with it.',
    deadTitle: 'This link no longer works',
    deadLead: 'It was used, it has expired, or it is incomplete. Nothing has changed.',
    toAccount: 'Go to your account',
  },
  de: {
    forAddress: (email) => `Für ${email}`,
    verifyTitle: 'E-Mail-Adresse bestätigen',
    verifyButton: 'E-Mail-Adresse bestätigen',
    verified: 'Ihre E-Mail-Adresse ist bestätigt.',
    notYours: 'Nicht Ihr Passwort?',
    notYoursLead:
      'Wenn eine andere Person dieses Konto mit Ihrer E-Mail-Adresse erstellt hat, legen Sie ein eigenes Passwort fest: Damit sperren Sie diese Person aus.',
    setAndVerify: 'Passwort festlegen und bestätigen',
    noPassword:
      'Kein Passwort? Melden Sie sich in diesem Browser an, und öffnen Sie den Link in der E-Mail noch einmal.',
    logInHere: 'Anmelden',
    changeTitle: 'Diese E-Mail-Adresse verwenden?',
    accountPassword: 'Das Passwort des Kontos, das diese Adresse bekommt.',
    changeButton: 'Diese E-Mail-Adresse verwenden',
    changed: 'Ihre E-Mail-Adresse ist geändert.',
    undoTitle: 'Bisherige E-Mail-Adresse behalten?',
    undoLead:
      'Das macht die Änderung rückgängig oder stoppt sie. Alle Geräte werden abgemeldet. Wenn diese Adresse bestätigt war, legen Sie ein neues Passwort fest: Wir schicken Ihnen einen Link dafür.',
    undoButton: 'Änderung rückgängig machen',
    undone:
      'Die Änderung wurde rückgängig gemacht, und alle Geräte sind abgemeldet. Wenn wir Ihnen einen Link geschickt haben, legen Sie damit ein neues Passwort fest.',
    deadTitle: 'Dieser Link funktioniert nicht mehr',
    deadLead: 'Er wurde benutzt, ist abgelaufen oder unvollständig. Es hat sich nichts geändert.',
    toAccount: 'Zu Ihrem Konto',
  },
  fr: {
    forAddress: (email) => `Pour ${email}`,
    verifyTitle: 'Confirmer votre adresse e-mail',
    verifyButton: 'Confirmer mon adresse e-mail',
    verified: 'Votre adresse e-mail est confirmée.',
    notYours: 'Ce n’est pas votre mot de passe ?',
    notYoursLead:
      'Si une autre personne a créé ce compte avec votre adresse e-mail, choisissez votre propre mot de passe : elle n’aura plus accès.',
    setAndVerify: 'Enregistrer le mot de passe et confirmer',
    noPassword: 'Pas de mot de passe ? Connectez-vous dans ce navigateur, puis rouvrez le lien de l’e-mail.',
    logInHere: 'Se connecter',
    changeTitle: 'Utiliser cette adresse e-mail ?',
    accountPassword: 'Le mot de passe du compte qui reçoit cette adresse.',
    changeButton: 'Utiliser cette adresse e-mail',
    changed: 'Votre adresse e-mail est modifiée.',
    undoTitle: 'Garder votre ancienne adresse e-mail ?',
    undoLead:
      'Le changement est annulé ou bloqué. Tous les appareils sont déconnectés. Si cette adresse était confirmée, vous choisissez un nouveau mot de passe : nous vous envoyons un lien pour cela.',
    undoButton: 'Annuler le changement',
    undone:
      'Le changement est annulé et tous les appareils sont déconnectés. Si nous vous avons envoyé un lien, choisissez un nouveau mot de passe avec celui-ci.',
    deadTitle: 'Ce lien ne fonctionne plus',
    deadLead: 'Il a été utilisé, il a expiré ou il est incomplet. Rien n’a changé.',
    toAccount: 'Accéder à votre compte',
  },
  es: {
    forAddress: (email) => `Para ${email}`,
    verifyTitle: 'Confirma tu dirección de correo',
    verifyButton: 'Confirmar mi dirección',
    verified: 'Tu dirección de correo está confirmada.',
    notYours: '¿No es tu contraseña?',
    notYoursLead:
      'Si otra persona creó esta cuenta con tu dirección de correo, elige una contraseña propia: así le cierras el paso.',
    setAndVerify: 'Guardar contraseña y confirmar',
    noPassword: '¿Sin contraseña? Inicia sesión en este navegador y vuelve a abrir el enlace del correo.',
    logInHere: 'Iniciar sesión',
    changeTitle: '¿Usar esta dirección de correo?',
    accountPassword: 'La contraseña de la cuenta que recibe esta dirección.',
    changeButton: 'Usar esta dirección',
    changed: 'Tu dirección de correo ha cambiado.',
    undoTitle: '¿Conservar tu dirección anterior?',
    undoLead:
      'Esto deshace o detiene el cambio. Se cierra la sesión en todos los dispositivos. Si esta dirección estaba confirmada, eliges una contraseña nueva: te enviaremos un enlace.',
    undoButton: 'Deshacer el cambio',
    undone:
      'Se ha deshecho el cambio y se ha cerrado la sesión en todos los dispositivos. Si te hemos enviado un enlace, elige con él una contraseña nueva.',
    deadTitle: 'Este enlace ya no funciona',
    deadLead: 'Ya se usó, ha caducado o está incompleto. No ha cambiado nada.',
    toAccount: 'Ir a tu cuenta',
  },
})
