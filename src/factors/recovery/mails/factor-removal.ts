import { defineTexts } from '../../../kernel/language.ts'
import type { MailTemplate } from '../../../mail/mail-template.ts'
import type { RemovalKey } from '../store.ts'

/** What happened: a login or an administrator asked for a removal that waits, or the factors were removed. */
export type RemovalNews = 'asked_at_login' | 'asked_by_administrator' | 'removed'

/** Tells a user that factors of their account will be removed, or were removed (NIST SP 800-63B-4, section 4.6). */
export interface FactorRemovalMail {
  readonly kind: 'factor_removal'
  readonly news: RemovalNews
  readonly method: RemovalKey['method']
  /** Time of the removal: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the page on which the user can cancel it. */
  readonly accountLink: string
}

/** Texts of `factor_removal`. `what` is one of the texts named after a method. */
export interface FactorRemovalTexts extends Readonly<Record<RemovalKey['method'], string>> {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly askedAtLogin: (site: string, what: string) => string
  readonly askedByAdministrator: (site: string, what: string) => string
  readonly expectedAtLogin: string
  readonly expected: string
  readonly unexpected: string
  readonly removedSubject: (site: string) => string
  readonly removedHeading: string
  readonly removed: (site: string, what: string) => string
  readonly removedUnexpected: string
  /** Name of the time at which factors will be removed. */
  readonly removal: string
  /** Name of the time at which factors were removed. */
  readonly time: string
  readonly button: string
}

/** Template of `factor_removal`. */
export const FACTOR_REMOVAL: MailTemplate<FactorRemovalMail, FactorRemovalTexts> = {
  texts: defineTexts<FactorRemovalTexts>('factor_removal', {
    en: {
      all: 'all second factors',
      totp: 'the authenticator app',
      passkey: 'all passkeys',
      recovery_code: 'the recovery codes',
      subject: (site) => `Recovery of your ${site} account`,
      heading: 'Second factors will be removed',
      askedAtLogin: (site, what) =>
        `A person who logged in with your password asked to remove ${what} from your account at ${site}, because they are lost.`,
      askedByAdministrator: (site, what) => `An administrator will remove ${what} from your account at ${site}.`,
      expectedAtLogin:
        'If this was you, log in with your password again after this time, within 7 days, and choose the recovery.',
      expected: 'If you asked for this, you do not need to do anything.',
      unexpected:
        'If you did not ask for this, cancel it on the security page of your account now, and change your password.',
      removedSubject: (site) => `Second factors of your ${site} account were removed`,
      removedHeading: 'Second factors were removed',
      removed: (site, what) => `We removed ${what} from your account at ${site}. Logins no longer ask for them.`,
      removedUnexpected: 'If you did not ask for this, change your password now, and set up a second factor again.',
      removal: 'Removal',
      time: 'Time',
      button: 'Check your account',
    },
    de: {
      all: 'alle zweiten Faktoren',
      totp: 'die Authenticator-App',
      passkey: 'alle Passkeys',
      recovery_code: 'die Wiederherstellungscodes',
      subject: (site) => `Wiederherstellung Ihres Kontos bei ${site}`,
      heading: 'Zweite Faktoren werden bald entfernt',
      askedAtLogin: (site, what) =>
        `Eine Person, die sich mit Ihrem Passwort angemeldet hat, möchte ${what} Ihres Kontos bei ${site} entfernen lassen, weil sie verloren gegangen sind.`,
      askedByAdministrator: (site, what) => `Die Administration wird ${what} Ihres Kontos bei ${site} entfernen.`,
      expectedAtLogin:
        'Wenn Sie das waren, melden Sie sich nach dieser Zeit innerhalb von 7 Tagen noch einmal mit Ihrem Passwort an und wählen Sie die Wiederherstellung.',
      expected: 'Wenn Sie darum gebeten haben, müssen Sie nichts tun.',
      unexpected:
        'Wenn Sie nicht darum gebeten haben, brechen Sie es jetzt auf der Sicherheitsseite Ihres Kontos ab und ändern Sie Ihr Passwort.',
      removedSubject: (site) => `Zweite Faktoren Ihres Kontos bei ${site} wurden entfernt`,
      removedHeading: 'Zweite Faktoren wurden entfernt',
      removed: (site, what) =>
        `Wir haben ${what} Ihres Kontos bei ${site} entfernt. Bei der Anmeldung wird nicht mehr danach gefragt.`,
      removedUnexpected:
        'Wenn Sie nicht darum gebeten haben, ändern Sie jetzt Ihr Passwort und richten Sie wieder einen zweiten Faktor ein.',
      removal: 'Entfernung',
      time: 'Zeitpunkt',
      button: 'Konto prüfen',
    },
    fr: {
      all: 'tous les seconds facteurs',
      totp: 'l’application d’authentification',
      passkey: 'toutes les clés d’accès',
      recovery_code: 'les codes de secours',
      subject: (site) => `Récupération de votre compte ${site}`,
      heading: 'Des seconds facteurs seront retirés',
      askedAtLogin: (site, what) =>
        `Une personne qui s’est connectée avec votre mot de passe a demandé à retirer ${what} de votre compte sur ${site}, parce qu’ils sont perdus.`,
      askedByAdministrator: (site, what) => `Un administrateur va retirer ${what} de votre compte sur ${site}.`,
      expectedAtLogin:
        'Si c’était vous, reconnectez-vous avec votre mot de passe après cette date, dans un délai de 7 jours, et choisissez la récupération.',
      expected: 'Si vous l’avez demandé, vous n’avez rien à faire.',
      unexpected:
        'Si vous ne l’avez pas demandé, annulez tout de suite sur la page de sécurité de votre compte et changez votre mot de passe.',
      removedSubject: (site) => `Des seconds facteurs de votre compte ${site} ont été retirés`,
      removedHeading: 'Des seconds facteurs ont été retirés',
      removed: (site, what) =>
        `Nous avons retiré ${what} de votre compte sur ${site}. La connexion n’en a plus besoin.`,
      removedUnexpected:
        'Si vous ne l’avez pas demandé, changez tout de suite votre mot de passe et configurez de nouveau un second facteur.',
      removal: 'Retrait',
      time: 'Date',
      button: 'Vérifier mon compte',
    },
    es: {
      all: 'todos los segundos factores',
      totp: 'la aplicación de autenticación',
      passkey: 'todas las llaves de acceso',
      recovery_code: 'los códigos de recuperación',
      subject: (site) => `Recuperación de tu cuenta de ${site}`,
      heading: 'Se van a quitar segundos factores',
      askedAtLogin: (site, what) =>
        `Una persona que inició sesión con tu contraseña ha pedido quitar ${what} de tu cuenta de ${site}, porque se han perdido.`,
      askedByAdministrator: (site, what) => `Un administrador va a quitar ${what} de tu cuenta de ${site}.`,
      expectedAtLogin:
        'Si has sido tú, vuelve a iniciar sesión con tu contraseña después de esa fecha, en un plazo de 7 días, y elige la recuperación.',
      expected: 'Si lo has pedido tú, no tienes que hacer nada.',
      unexpected: 'Si no lo has pedido, cancélalo ahora en la página de seguridad de tu cuenta y cambia tu contraseña.',
      removedSubject: (site) => `Se han quitado segundos factores de tu cuenta de ${site}`,
      removedHeading: 'Se han quitado segundos factores',
      removed: (site, what) => `Hemos quitado ${what} de tu cuenta de ${site}. Ya no se piden al iniciar sesión.`,
      removedUnexpected: 'Si no lo has pedido, cambia tu contraseña ahora y configura de nuevo un segundo factor.',
      removal: 'Eliminación',
      time: 'Fecha',
      button: 'Revisar mi cuenta',
    },
  }),
  toLetter({ news, method, at, accountLink }, site, texts) {
    const isDone = news === 'removed'
    const what = texts[method]
    return {
      subject: isDone ? texts.removedSubject(site) : texts.subject(site),
      heading: isDone ? texts.removedHeading : texts.heading,
      before: [
        noticeOf(news, texts)(site, what),
        news === 'asked_at_login' ? texts.expectedAtLogin : texts.expected,
        isDone ? texts.removedUnexpected : texts.unexpected,
      ],
      facts: [{ label: isDone ? texts.time : texts.removal, value: at }],
      action: { label: texts.button, link: accountLink },
      after: [],
    }
  },
}

function noticeOf(news: RemovalNews, texts: FactorRemovalTexts): FactorRemovalTexts['removed'] {
  if (news === 'removed') return texts.removed
  return news === 'asked_at_login' ? texts.askedAtLogin : texts.askedByAdministrator
}
