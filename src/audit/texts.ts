import { defineTexts } from '../kernel/language.ts'

/** Texts of the page about the activity in an account. */
export const ACTIVITY_TEXTS = defineTexts('activity', {
  en: {
    title: 'Activity',
    lead: 'What happened in your account. If you do not know an entry, change your password.',
    empty: 'Nothing has happened in your account yet.',
    byService: 'by the service',
    strangerTitle: 'Not you?',
    strangerLead: 'Change your password: all other devices are logged out in the same step.',
    strangerButton: 'Secure my account',
  },
  de: {
    title: 'Aktivität',
    lead: 'Was in Ihrem Konto passiert ist. Wenn Sie einen Eintrag nicht kennen, ändern Sie Ihr Passwort.',
    empty: 'In Ihrem Konto ist noch nichts passiert.',
    byService: 'durch den Dienst',
    strangerTitle: 'Waren Sie das nicht?',
    strangerLead: 'Ändern Sie Ihr Passwort: Alle anderen Geräte werden im selben Schritt abgemeldet.',
    strangerButton: 'Mein Konto schützen',
  },
  fr: {
    title: 'Activité',
    lead: 'Ce qui s’est passé dans votre compte. Si vous ne reconnaissez pas une entrée, changez votre mot de passe.',
    empty: 'Il ne s’est encore rien passé dans votre compte.',
    byService: 'par le service',
    strangerTitle: 'Ce n’était pas vous ?',
    strangerLead: 'Changez votre mot de passe : tous les autres appareils sont déconnectés du même coup.',
    strangerButton: 'Protéger mon compte',
  },
  es: {
    title: 'Actividad',
    lead: 'Lo que ha ocurrido en tu cuenta. Si no reconoces una entrada, cambia la contraseña.',
    empty: 'Todavía no ha ocurrido nada en tu cuenta.',
    byService: 'por el servicio',
    strangerTitle: '¿No fuiste tú?',
    strangerLead: 'Cambia la contraseña: en el mismo paso se cierra la sesión en los demás dispositivos.',
    strangerButton: 'Proteger mi cuenta',
  },
})
