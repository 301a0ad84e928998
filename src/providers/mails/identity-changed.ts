import { defineTexts } from '../../kernel/language.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { User } from '../../kernel/principal.ts'
import { type ChangeLetterTexts, changeLetter } from '../../mail/change-letter.ts'
import { headerText } from '../../mail/header-text.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { type NoticeDeps, writeNotice } from '../../throttle/write-notice.ts'

/** A change that a user is told about. */
export type IdentityChange = 'linked' | 'unlinked'

/** Tells a user that a provider was linked or unlinked (ASVS 6.3.7). */
export interface IdentityChangedMail {
  readonly kind: 'identity_changed'
  readonly change: IdentityChange
  /** The name of the provider: `Google`. */
  readonly provider: string
  /** Time of the change: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the security page of the account. */
  readonly accountLink: string
}

/** Texts of `identity_changed`. */
export interface IdentityChangedTexts extends ChangeLetterTexts {
  readonly subject: (site: string, provider: string, change: IdentityChange) => string
  readonly heading: (provider: string, change: IdentityChange) => string
  readonly notice: (site: string, provider: string, change: IdentityChange) => string
}

const inEnglish = (change: IdentityChange): string => (change === 'linked' ? 'linked' : 'unlinked')
const inGerman = (change: IdentityChange): string => (change === 'linked' ? 'verknüpft' : 'getrennt')
const inFrench = (change: IdentityChange): string => (change === 'linked' ? 'associé' : 'dissocié')
const inSpanish = (change: IdentityChange): string => (change === 'linked' ? 'vinculado' : 'desvinculado')

/** Template of `identity_changed`. */
export const IDENTITY_CHANGED: MailTemplate<IdentityChangedMail, IdentityChangedTexts> = {
  texts: defineTexts<IdentityChangedTexts>('identity_changed', {
    en: {
      subject: (site, provider, change) => `${provider} was ${inEnglish(change)} at ${site}`,
      heading: (provider, change) => `${provider} was ${inEnglish(change)}`,
      notice: (site, provider, change) =>
        change === 'linked'
          ? `You can now log in to your account at ${site} with ${provider}.`
          : `You can no longer log in to your account at ${site} with ${provider}.`,
      time: 'Time',
      expected: 'If you did this, you do not need to do anything.',
      unexpected: 'If you did not do this, another person has access to your account. Check it now.',
      button: 'Check your account',
    },
    de: {
      subject: (site, provider, change) => `${provider} wurde bei ${site} ${inGerman(change)}`,
      heading: (provider, change) => `${provider} wurde ${inGerman(change)}`,
      notice: (site, provider, change) =>
        change === 'linked'
          ? `Sie können sich jetzt mit ${provider} in Ihrem Konto bei ${site} anmelden.`
          : `Sie können sich nicht mehr mit ${provider} in Ihrem Konto bei ${site} anmelden.`,
      time: 'Zeitpunkt',
      expected: 'Wenn Sie das waren, müssen Sie nichts tun.',
      unexpected: 'Wenn Sie das nicht waren, hat eine andere Person Zugriff auf Ihr Konto. Prüfen Sie es jetzt.',
      button: 'Konto prüfen',
    },
    fr: {
      subject: (site, provider, change) => `${provider} a été ${inFrench(change)} sur ${site}`,
      heading: (provider, change) => `${provider} a été ${inFrench(change)}`,
      notice: (site, provider, change) =>
        change === 'linked'
          ? `Vous pouvez maintenant vous connecter à votre compte ${site} avec ${provider}.`
          : `Vous ne pouvez plus vous connecter à votre compte ${site} avec ${provider}.`,
      time: 'Date',
      expected: 'Si c’était vous, vous n’avez rien à faire.',
      unexpected: 'Si ce n’était pas vous, une autre personne a accès à votre compte. Vérifiez-le tout de suite.',
      button: 'Vérifier mon compte',
    },
    es: {
      subject: (site, provider, change) => `${provider} se ha ${inSpanish(change)} en ${site}`,
      heading: (provider, change) => `${provider} se ha ${inSpanish(change)}`,
      notice: (site, provider, change) =>
        change === 'linked'
          ? `Ya puedes iniciar sesión en tu cuenta de ${site} con ${provider}.`
          : `Ya no puedes iniciar sesión en tu cuenta de ${site} con ${provider}.`,
      time: 'Fecha',
      expected: 'Si has sido tú, no tienes que hacer nada.',
      unexpected: 'Si no has sido tú, otra persona tiene acceso a tu cuenta. Revísala ahora.',
      button: 'Revisar mi cuenta',
    },
  }),
  toLetter({ at, change, provider, accountLink: link }, site, texts) {
    const name = headerText(provider)
    const [heading, notice] = [texts.heading(name, change), texts.notice(site, name, change)]
    return changeLetter({ subject: texts.subject(site, name, change), heading, notice, at, link }, texts)
  },
}

/**
 * Writes the email `identity_changed`, as `writeNotice` does.
 * @param provider the name of the provider.
 */
export function writeIdentityChangedMail(
  deps: NoticeDeps,
  user: User,
  change: IdentityChange,
  provider: string,
): Promise<readonly OutgoingMail[]> {
  const { links, clock } = deps
  const content: IdentityChangedMail = {
    kind: 'identity_changed',
    change,
    provider,
    at: clock(),
    accountLink: links.security,
  }
  return writeNotice(deps, user, content)
}
