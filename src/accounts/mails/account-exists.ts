import { defineTexts } from '../../kernel/language.ts'
import type { Links } from '../../kernel/links.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'

/**
 * Goes to the owner of an account whose email address another caller wants to use, for a new account or for a change of
 * address. The caller gets the same response as for an unused address.
 */
export interface AccountExistsMail {
  readonly kind: 'account_exists'
  readonly loginLink: string
  /** Opens the page for forgotten passwords. */
  readonly resetLink: string
}

/** Texts of `account_exists`. */
export interface AccountExistsTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly button: string
  readonly forgotten: string
  readonly ignore: string
}

/** Template of `account_exists`. */
export const ACCOUNT_EXISTS: MailTemplate<AccountExistsMail, AccountExistsTexts> = {
  texts: defineTexts<AccountExistsTexts>('account_exists', {
    en: {
      subject: (site) => `You already have an account at ${site}`,
      heading: 'You already have an account',
      notice: (site) =>
        `We received a request to use this email address for an account at ${site}. ` +
        'You already have an account with this email address.',
      button: 'Log in',
      forgotten: 'Forgot your password? Set a new one:',
      ignore:
        'If you did not make this request, ignore this email. The person who made it does not learn that you have an account.',
    },
    de: {
      subject: (site) => `Sie haben bereits ein Konto bei ${site}`,
      heading: 'Sie haben bereits ein Konto',
      notice: (site) =>
        `Wir haben eine Anfrage erhalten, diese E-Mail-Adresse für ein Konto bei ${site} zu verwenden. ` +
        'Mit dieser E-Mail-Adresse haben Sie bereits ein Konto.',
      button: 'Anmelden',
      forgotten: 'Passwort vergessen? Legen Sie ein neues fest:',
      ignore:
        'Wenn diese Anfrage nicht von Ihnen kommt, ignorieren Sie diese E-Mail. Wer die Anfrage gestellt hat, erfährt nicht, dass Sie ein Konto haben.',
    },
    fr: {
      subject: (site) => `Vous avez déjà un compte sur ${site}`,
      heading: 'Vous avez déjà un compte',
      notice: (site) =>
        `Nous avons reçu une demande d’utilisation de cette adresse e-mail pour un compte sur ${site}. ` +
        'Vous avez déjà un compte avec cette adresse e-mail.',
      button: 'Se connecter',
      forgotten: 'Mot de passe oublié ? Choisissez-en un nouveau :',
      ignore:
        'Si vous n’êtes pas à l’origine de cette demande, ignorez cet e-mail. La personne qui l’a faite ne saura pas que vous avez un compte.',
    },
    es: {
      subject: (site) => `Ya tienes una cuenta en ${site}`,
      heading: 'Ya tienes una cuenta',
      notice: (site) =>
        `Hemos recibido una solicitud para usar esta dirección de correo en una cuenta de ${site}. ` +
        'Ya tienes una cuenta con esta dirección.',
      button: 'Iniciar sesión',
      forgotten: '¿Olvidaste la contraseña? Elige una nueva:',
      ignore:
        'Si no has hecho esta solicitud, ignora este correo. La persona que la hizo no sabrá que tienes una cuenta.',
    },
  }),
  toLetter: ({ loginLink, resetLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site)],
    action: { label: texts.button, link: loginLink },
    alternative: { label: texts.forgotten, link: resetLink },
    after: [texts.ignore],
  }),
}

/** Returns the content of `account_exists`. */
export function accountExistsContent({ login, forgotPassword }: Links): AccountExistsMail {
  return { kind: 'account_exists', loginLink: login, resetLink: forgotPassword }
}
