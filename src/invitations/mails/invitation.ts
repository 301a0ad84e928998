import { defineTexts } from '../../kernel/language.ts'
import { linkLetter } from '../../mail/link-letter.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { quantity } from '../../mail/quantity.ts'

/** Invites the owner of an email address to register. */
export interface InvitationMail {
  readonly kind: 'invitation'
  /** Opens the registration page; contains the one-time token. */
  readonly link: string
  /** Days until the link expires. */
  readonly days: number
}

/** Texts of `invitation`. */
export interface InvitationTexts {
  readonly subject: (site: string) => string
  readonly heading: (site: string) => string
  readonly invitation: (site: string) => string
  readonly button: string
  readonly validity: (days: number) => string
  readonly ignore: string
}

/** Template of `invitation`. */
export const INVITATION: MailTemplate<InvitationMail, InvitationTexts> = {
  texts: defineTexts<InvitationTexts>('invitation', {
    en: {
      subject: (site) => `You are invited to ${site}`,
      heading: (site) => `You are invited to ${site}`,
      invitation: (site) => `You can create an account at ${site} with this invitation.`,
      button: 'Create an account',
      validity: (days) => `The link works once and is valid for ${quantity(days, 'day', 'days')}.`,
      ignore: 'If you do not want an account, ignore this email. You have no account until you register.',
    },
    de: {
      subject: (site) => `Einladung zu ${site}`,
      heading: (site) => `Sie sind zu ${site} eingeladen`,
      invitation: (site) => `Mit dieser Einladung können Sie ein Konto bei ${site} erstellen.`,
      button: 'Konto erstellen',
      validity: (days) => `Der Link funktioniert einmal und gilt ${quantity(days, 'Tag', 'Tage')}.`,
      ignore: 'Wenn Sie kein Konto möchten, ignorieren Sie diese E-Mail. Bis zur Registrierung haben Sie kein Konto.',
    },
    fr: {
      subject: (site) => `Invitation à rejoindre ${site}`,
      heading: (site) => `Votre invitation à rejoindre ${site}`,
      invitation: (site) => `Avec cette invitation, vous pouvez créer un compte sur ${site}.`,
      button: 'Créer un compte',
      validity: (days) => `Le lien fonctionne une seule fois et reste valable ${quantity(days, 'jour', 'jours')}.`,
      ignore:
        'Si vous ne voulez pas de compte, ignorez cet e-mail. Vous n’avez pas de compte tant que vous ne vous inscrivez pas.',
    },
    es: {
      subject: (site) => `Invitación a ${site}`,
      heading: (site) => `Te han invitado a ${site}`,
      invitation: (site) => `Con esta invitación puedes crear una cuenta en ${site}.`,
      button: 'Crear una cuenta',
      validity: (days) => `El enlace funciona una sola vez y es válido durante ${quantity(days, 'día', 'días')}.`,
      ignore: 'Si no quieres una cuenta, ignora este correo. No tienes cuenta hasta que te registres.',
    },
  }),
  toLetter: ({ link, days }, site, { invitation, heading, ...texts }) =>
    linkLetter({ link, duration: days }, site, { ...texts, heading: heading(site), request: invitation }),
}
