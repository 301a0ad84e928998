import { defineTexts, type InLanguages } from '../../../kernel/language.ts'
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

/** Texts of `factor_removal`. */
export interface FactorRemovalTexts {
  readonly subject: (site: string, news: RemovalNews) => string
  readonly heading: (news: RemovalNews) => string
  readonly notice: (site: string, mail: Pick<FactorRemovalMail, 'news' | 'method'>) => string
  readonly time: string
  readonly expected: (news: RemovalNews) => string
  readonly unexpected: (news: RemovalNews) => string
  readonly button: string
}

/** The factors, after a word such as `remove`. */
const WHAT: InLanguages<Readonly<Record<RemovalKey['method'], string>>> = {
  en: {
    all: 'all second factors',
    totp: 'the authenticator app',
    passkey: 'all passkeys',
    recovery_code: 'the recovery codes',
  },
  de: {
    all: 'alle zweiten Faktoren',
    totp: 'die Authenticator-App',
    passkey: 'alle Passkeys',
    recovery_code: 'die Wiederherstellungscodes',
  },
  fr: {
    all: 'tous les seconds facteurs',
    totp: 'l’application d’authentification',
    passkey: 'toutes les clés d’accès',
    recovery_code: 'les codes de secours',
  },
  es: {
    all: 'todos los segundos factores',
    totp: 'la aplicación de autenticación',
    passkey: 'todas las llaves de acceso',
    recovery_code: 'los códigos de recuperación',
  },
}

/** Template of `factor_removal`. */
export const FACTOR_REMOVAL: MailTemplate<FactorRemovalMail, FactorRemovalTexts> = {
  texts: defineTexts<FactorRemovalTexts>('factor_removal', {
    en: {
      subject: (site, news) =>
        news === 'removed' ? `Second factors of your ${site} account were removed` : `Recovery of your ${site} account`,
      heading: (news) => (news === 'removed' ? 'Second factors were removed' : 'Second factors will be removed'),
      notice: (site, { news, method }) =>
        ({
          asked_at_login: `A person who logged in with your password asked to remove ${WHAT.en[method]} of your account at ${site}, because they are lost.`,
          asked_by_administrator: `An administrator will remove ${WHAT.en[method]} of your account at ${site}.`,
          removed: `We removed ${WHAT.en[method]} of your account at ${site}. Logins no longer ask for them.`,
        })[news],
      time: 'Time',
      expected: (news) =>
        news === 'asked_at_login'
          ? 'If this was you, log in with your password again after this time, within 7 days, and choose the recovery.'
          : 'If you asked for this, you do not need to do anything.',
      unexpected: (news) =>
        news === 'removed'
          ? 'If you did not ask for this, change your password now, and set up a second factor again.'
          : 'If you did not ask for this, cancel it on the security page of your account now, and change your password.',
      button: 'Check your account',
    },
    de: {
      subject: (site, news) =>
        news === 'removed'
          ? `Zweite Faktoren Ihres Kontos bei ${site} wurden entfernt`
          : `Wiederherstellung Ihres Kontos bei ${site}`,
      heading: (news) =>
        news === 'removed' ? 'Zweite Faktoren wurden entfernt' : 'Zweite Faktoren werden bald entfernt',
      notice: (site, { news, method }) =>
        ({
          asked_at_login: `Eine Person, die sich mit Ihrem Passwort angemeldet hat, möchte ${WHAT.de[method]} Ihres Kontos bei ${site} entfernen lassen, weil sie verloren sind.`,
          asked_by_administrator: `Die Administration wird ${WHAT.de[method]} Ihres Kontos bei ${site} entfernen.`,
          removed: `Wir haben ${WHAT.de[method]} Ihres Kontos bei ${site} entfernt. Bei der Anmeldung wird nicht mehr danach gefragt.`,
        })[news],
      time: 'Zeit',
      expected: (news) =>
        news === 'asked_at_login'
          ? 'Wenn Sie das waren, melden Sie sich nach dieser Zeit innerhalb von 7 Tagen noch einmal mit Ihrem Passwort an und wählen Sie die Wiederherstellung.'
          : 'Wenn Sie darum gebeten haben, müssen Sie nichts tun.',
      unexpected: (news) =>
        news === 'removed'
          ? 'Wenn Sie nicht darum gebeten haben, ändern Sie jetzt Ihr Passwort und richten Sie wieder einen zweiten Faktor ein.'
          : 'Wenn Sie nicht darum gebeten haben, brechen Sie es jetzt auf der Sicherheitsseite Ihres Kontos ab und ändern Sie Ihr Passwort.',
      button: 'Konto prüfen',
    },
    fr: {
      subject: (site, news) =>
        news === 'removed'
          ? `Des seconds facteurs de votre compte ${site} ont été retirés`
          : `Récupération de votre compte ${site}`,
      heading: (news) =>
        news === 'removed' ? 'Des seconds facteurs ont été retirés' : 'Des seconds facteurs seront retirés',
      notice: (site, { news, method }) =>
        ({
          asked_at_login: `Une personne qui s’est connectée avec votre mot de passe a demandé de retirer ${WHAT.fr[method]} de votre compte sur ${site}, en cas de perte.`,
          asked_by_administrator: `L’administration va retirer ${WHAT.fr[method]} de votre compte sur ${site}.`,
          removed: `Nous avons retiré ${WHAT.fr[method]} de votre compte sur ${site}. La connexion ne les demande plus.`,
        })[news],
      time: 'Heure',
      expected: (news) =>
        news === 'asked_at_login'
          ? 'Si c’était vous, reconnectez-vous avec votre mot de passe après cette heure, dans les 7 jours, et choisissez la récupération.'
          : 'Si vous l’avez demandé, vous n’avez rien à faire.',
      unexpected: (news) =>
        news === 'removed'
          ? 'Si vous ne l’avez pas demandé, changez tout de suite votre mot de passe et configurez de nouveau un second facteur.'
          : 'Si vous ne l’avez pas demandé, annulez tout de suite sur la page de sécurité de votre compte et changez votre mot de passe.',
      button: 'Vérifier le compte',
    },
    es: {
      subject: (site, news) =>
        news === 'removed'
          ? `Se han quitado segundos factores de tu cuenta de ${site}`
          : `Recuperación de tu cuenta de ${site}`,
      heading: (news) =>
        news === 'removed' ? 'Se han quitado segundos factores' : 'Se van a quitar segundos factores',
      notice: (site, { news, method }) =>
        ({
          asked_at_login: `Una persona que inició sesión con tu contraseña ha pedido quitar ${WHAT.es[method]} de tu cuenta de ${site}, porque se han perdido.`,
          asked_by_administrator: `La administración va a quitar ${WHAT.es[method]} de tu cuenta de ${site}.`,
          removed: `Hemos quitado ${WHAT.es[method]} de tu cuenta de ${site}. Ya no se piden al iniciar sesión.`,
        })[news],
      time: 'Hora',
      expected: (news) =>
        news === 'asked_at_login'
          ? 'Si has sido tú, vuelve a iniciar sesión con tu contraseña después de esa hora, en un plazo de 7 días, y elige la recuperación.'
          : 'Si lo has pedido tú, no tienes que hacer nada.',
      unexpected: (news) =>
        news === 'removed'
          ? 'Si no lo has pedido, cambia tu contraseña ahora y configura de nuevo un segundo factor.'
          : 'Si no lo has pedido, cancélalo ahora en la página de seguridad de tu cuenta y cambia tu contraseña.',
      button: 'Revisar la cuenta',
    },
  }),
  toLetter: ({ news, method, at, accountLink }, site, texts) => ({
    subject: texts.subject(site, news),
    heading: texts.heading(news),
    before: [texts.notice(site, { news, method }), texts.expected(news), texts.unexpected(news)],
    facts: [{ label: texts.time, value: at }],
    action: { label: texts.button, link: accountLink },
    after: [],
  }),
}
