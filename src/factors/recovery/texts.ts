import { defineTexts } from '../../kernel/language.ts'

/** Texts of the recovery. */
export const RECOVERY_TEXTS = defineTexts('recovery', {
  en: {
    offer: 'I no longer have any of these',
    title: 'Recover your account',
    lead: 'If you lost every second factor, we remove them after 72 hours. We tell you by email, and you can cancel it on any device that is logged in.',
    request: 'Start the 72 hours',
    requested: 'The 72 hours have begun.',
    waitLead: 'Log in again after this time, and come back here. You have 7 days to do it.',
    availableAt: 'Second factors can be removed',
    dueLead: 'The wait is over. You can remove all second factors now.',
    complete: 'Remove second factors and log in',
    back: 'Use a second factor',
    sectionTitle: 'Second factors will be removed',
    sectionByLogin: 'A login with your password asked for this, because the second factors are lost. Possible from:',
    sectionByAdministrator: 'An administrator announced this. Planned for:',
    cancel: 'Cancel the removal',
    cancelled: 'The removal is cancelled. Your second factors stay. If you did not ask for it, change your password.',
  },
  de: {
    offer: 'Ich habe nichts mehr davon',
    title: 'Konto wiederherstellen',
    lead: 'Wenn Sie alle zweiten Faktoren verloren haben, entfernen wir sie nach 72 Stunden. Wir benachrichtigen Sie per E-Mail, und Sie können es auf jedem angemeldeten Gerät abbrechen.',
    request: '72 Stunden starten',
    requested: 'Die 72 Stunden laufen.',
    waitLead: 'Melden Sie sich nach dieser Zeit noch einmal an und kommen Sie hierher zurück. Sie haben dafür 7 Tage.',
    availableAt: 'Zweite Faktoren können entfernt werden',
    dueLead: 'Die Wartezeit ist vorbei. Sie können jetzt alle zweiten Faktoren entfernen.',
    complete: 'Zweite Faktoren entfernen und anmelden',
    back: 'Einen zweiten Faktor verwenden',
    sectionTitle: 'Zweite Faktoren werden bald entfernt',
    sectionByLogin:
      'Bei einer Anmeldung mit Ihrem Passwort wurde darum gebeten, weil die zweiten Faktoren verloren gegangen sind. Möglich ab:',
    sectionByAdministrator: 'Die Administration hat das angekündigt. Geplant für:',
    cancel: 'Entfernen abbrechen',
    cancelled:
      'Das Entfernen ist abgebrochen. Ihre zweiten Faktoren bleiben. Wenn Sie nicht darum gebeten haben, ändern Sie Ihr Passwort.',
  },
  fr: {
    offer: 'Je n’ai plus rien de tout cela',
    title: 'Récupérer votre compte',
    lead: 'Si vous avez perdu tous vos seconds facteurs, nous les retirons après 72 heures. Nous vous prévenons par e-mail, et vous pouvez annuler depuis tout appareil connecté.',
    request: 'Lancer les 72 heures',
    requested: 'Les 72 heures ont commencé.',
    waitLead: 'Reconnectez-vous après cette date et revenez ici. Vous avez 7 jours pour le faire.',
    availableAt: 'Les seconds facteurs peuvent être retirés',
    dueLead: 'L’attente est terminée. Vous pouvez retirer tous les seconds facteurs maintenant.',
    complete: 'Retirer les seconds facteurs et se connecter',
    back: 'Utiliser un second facteur',
    sectionTitle: 'Des seconds facteurs seront retirés',
    sectionByLogin:
      'Une personne connectée avec votre mot de passe l’a demandé, parce que les seconds facteurs sont perdus. Possible à partir de cette date\u00a0:',
    sectionByAdministrator: 'Un administrateur l’a annoncé pour cette date\u00a0:',
    cancel: 'Annuler le retrait',
    cancelled:
      'Le retrait est annulé. Vos seconds facteurs restent. Si vous ne l’avez pas demandé, changez votre mot de passe.',
  },
  es: {
    offer: 'Ya no tengo nada de esto',
    title: 'Recupera tu cuenta',
    lead: 'Si has perdido todos los segundos factores, los quitamos después de 72 horas. Te avisamos por correo y puedes cancelarlo desde cualquier dispositivo con la sesión iniciada.',
    request: 'Empezar las 72 horas',
    requested: 'Las 72 horas han empezado.',
    waitLead: 'Vuelve a iniciar sesión después de esa fecha y regresa aquí. Tienes 7 días para hacerlo.',
    availableAt: 'Los segundos factores se pueden quitar',
    dueLead: 'La espera ha terminado. Ya puedes quitar todos los segundos factores.',
    complete: 'Quitar los segundos factores e iniciar sesión',
    back: 'Usar un segundo factor',
    sectionTitle: 'Se van a quitar segundos factores',
    sectionByLogin:
      'Lo pidió una persona que inició sesión con tu contraseña, porque los segundos factores se han perdido. Posible a partir de:',
    sectionByAdministrator: 'Un administrador lo ha anunciado. Previsto para:',
    cancel: 'Cancelar la eliminación',
    cancelled:
      'La eliminación está cancelada. Tus segundos factores siguen igual. Si no lo pediste, cambia tu contraseña.',
  },
})
