import { defineTexts, type InLanguages } from '../../kernel/language.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { User } from '../../kernel/principal.ts'
import { type ChangeLetterTexts, changeLetter } from '../../mail/change-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { type NoticeDeps, writeNotice } from '../../throttle/write-notice.ts'

/** A change that a user is told about. */
export type FactorChange =
  | 'totp_enrolled'
  | 'totp_removed'
  | 'passkey_added'
  | 'passkey_removed'
  | 'recovery_codes_created'
  | 'recovery_code_used'

/** Tells a user that their factors changed (ASVS 6.3.7). */
export interface FactorChangedMail {
  readonly kind: 'factor_changed'
  readonly change: FactorChange
  /** Time of the change: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the security page of the account. */
  readonly accountLink: string
}

/** Texts of `factor_changed`. */
export interface FactorChangedTexts extends ChangeLetterTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string, change: FactorChange) => string
}

const NOTICES: InLanguages<Readonly<Record<FactorChange, (site: string) => string>>> = {
  en: {
    totp_enrolled: (site) =>
      `An authenticator app was set up for your account at ${site}. Logins now ask for its codes.`,
    totp_removed: (site) =>
      `The authenticator app was removed from your account at ${site}. Logins no longer ask for its codes.`,
    passkey_added: (site) =>
      `A passkey was added to your account at ${site}. You can log in with it without your password.`,
    passkey_removed: (site) => `A passkey was removed from your account at ${site}.`,
    recovery_codes_created: (site) =>
      `New recovery codes were created for your account at ${site}. The previous codes no longer work.`,
    recovery_code_used: (site) => `A recovery code was used to log in to your account at ${site}.`,
  },
  de: {
    totp_enrolled: (site) =>
      `Für Ihr Konto bei ${site} wurde eine Authenticator-App eingerichtet. Bei der Anmeldung wird jetzt ein Code der App verlangt.`,
    totp_removed: (site) =>
      `Die Authenticator-App wurde von Ihrem Konto bei ${site} entfernt. Bei der Anmeldung wird kein Code der App mehr verlangt.`,
    passkey_added: (site) =>
      `Ihrem Konto bei ${site} wurde ein Passkey hinzugefügt. Damit können Sie sich ohne Passwort anmelden.`,
    passkey_removed: (site) => `Ein Passkey wurde von Ihrem Konto bei ${site} entfernt.`,
    recovery_codes_created: (site) =>
      `Für Ihr Konto bei ${site} wurden neue Wiederherstellungscodes erstellt. Die bisherigen Codes gelten nicht mehr.`,
    recovery_code_used: (site) =>
      `Bei einer Anmeldung in Ihrem Konto bei ${site} wurde ein Wiederherstellungscode benutzt.`,
  },
  fr: {
    totp_enrolled: (site) =>
      `Une application d’authentification a été configurée pour votre compte sur ${site}. Un de ses codes est maintenant demandé à chaque connexion.`,
    totp_removed: (site) =>
      `L’application d’authentification a été retirée de votre compte sur ${site}. Ses codes ne sont plus demandés à la connexion.`,
    passkey_added: (site) =>
      `Une clé d’accès a été ajoutée à votre compte sur ${site}. Elle permet de se connecter sans mot de passe.`,
    passkey_removed: (site) => `Une clé d’accès a été retirée de votre compte sur ${site}.`,
    recovery_codes_created: (site) =>
      `De nouveaux codes de secours ont été créés pour votre compte sur ${site}. Les anciens codes ne fonctionnent plus.`,
    recovery_code_used: (site) => `Un code de secours a été utilisé pour se connecter à votre compte sur ${site}.`,
  },
  es: {
    totp_enrolled: (site) =>
      `Se ha configurado una aplicación de autenticación para tu cuenta de ${site}. Ahora se piden sus códigos al iniciar sesión.`,
    totp_removed: (site) =>
      `Se ha quitado la aplicación de autenticación de tu cuenta de ${site}. Ya no se piden sus códigos al iniciar sesión.`,
    passkey_added: (site) =>
      `Se ha añadido una llave de acceso a tu cuenta de ${site}. Permite iniciar sesión sin contraseña.`,
    passkey_removed: (site) => `Se ha quitado una llave de acceso de tu cuenta de ${site}.`,
    recovery_codes_created: (site) =>
      `Se han creado códigos de recuperación nuevos para tu cuenta de ${site}. Los anteriores ya no funcionan.`,
    recovery_code_used: (site) => `Se ha usado un código de recuperación para iniciar sesión en tu cuenta de ${site}.`,
  },
}

/** Template of `factor_changed`. */
export const FACTOR_CHANGED: MailTemplate<FactorChangedMail, FactorChangedTexts> = {
  texts: defineTexts<FactorChangedTexts>('factor_changed', {
    en: {
      subject: (site) => `The security settings of your ${site} account changed`,
      heading: 'Your security settings changed',
      notice: (site, change) => NOTICES.en[change](site),
      time: 'Time',
      expected: 'If you did this, you do not need to do anything.',
      unexpected: 'If you did not do this, another person has access to your account. Change your password now.',
      button: 'Check your account',
    },
    de: {
      subject: (site) => `Die Sicherheitseinstellungen Ihres Kontos bei ${site} wurden geändert`,
      heading: 'Änderung an Ihrer Kontosicherheit',
      notice: (site, change) => NOTICES.de[change](site),
      time: 'Zeitpunkt',
      expected: 'Wenn Sie das waren, müssen Sie nichts tun.',
      unexpected:
        'Wenn Sie das nicht waren, hat eine andere Person Zugriff auf Ihr Konto. Ändern Sie jetzt Ihr Passwort.',
      button: 'Konto prüfen',
    },
    fr: {
      subject: (site) => `Les paramètres de sécurité de votre compte ${site} ont changé`,
      heading: 'Vos paramètres de sécurité ont changé',
      notice: (site, change) => NOTICES.fr[change](site),
      time: 'Date',
      expected: 'Si c’était vous, vous n’avez rien à faire.',
      unexpected:
        'Si ce n’était pas vous, une autre personne a accès à votre compte. Changez tout de suite votre mot de passe.',
      button: 'Vérifier mon compte',
    },
    es: {
      subject: (site) => `La configuración de seguridad de tu cuenta de ${site} ha cambiado`,
      heading: 'Tu configuración de seguridad ha cambiado',
      notice: (site, change) => NOTICES.es[change](site),
      time: 'Fecha',
      expected: 'Si has sido tú, no tienes que hacer nada.',
      unexpected: 'Si no has sido tú, otra persona tiene acceso a tu cuenta. Cambia tu contraseña ahora.',
      button: 'Revisar mi cuenta',
    },
  }),
  toLetter({ at, change, accountLink: link }, site, texts) {
    const { heading } = texts
    return changeLetter({ subject: texts.subject(site), heading, notice: texts.notice(site, change), at, link }, texts)
  },
}

/** Writes the email `factor_changed`, as `writeNotice` does. */
export function writeFactorChangedMail(
  deps: NoticeDeps,
  user: User,
  change: FactorChange,
): Promise<readonly OutgoingMail[]> {
  const { links, clock } = deps
  const content: FactorChangedMail = { kind: 'factor_changed', change, at: clock(), accountLink: links.security }
  return writeNotice(deps, user, content)
}
