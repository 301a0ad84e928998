import { defineTexts } from '../../kernel/language.ts'
import type { OutgoingMail } from '../../kernel/outgoing-mail.ts'
import type { ClientInfo, User } from '../../kernel/principal.ts'
import { headerText } from '../../mail/header-text.ts'
import type { MailTemplate } from '../../mail/mail-template.ts'
import { deviceLabel } from '../../sessions/device-label.ts'
import { type NoticeDeps, writeNotice } from '../../throttle/write-notice.ts'

/** Tells a user about a login from a device that they have not used before. */
export interface NewDeviceMail {
  readonly kind: 'new_device'
  /** "Firefox on Linux". The client chooses it, so it can be any text. */
  readonly device: string
  /** IP address; null if it is unknown. */
  readonly ip: string | null
  /** Time of the login: milliseconds since 1970-01-01 UTC. */
  readonly at: number
  /** Opens the page of the account that lists the devices. */
  readonly accountLink: string
}

/** Texts of `new_device`. */
export interface NewDeviceTexts {
  readonly subject: (site: string) => string
  readonly heading: string
  readonly notice: (site: string) => string
  readonly device: string
  readonly ip: string
  readonly time: string
  readonly button: string
  readonly advice: string
}

/** Template of `new_device`. */
export const NEW_DEVICE: MailTemplate<NewDeviceMail, NewDeviceTexts> = {
  texts: defineTexts<NewDeviceTexts>('new_device', {
    en: {
      subject: (site) => `New login to your ${site} account`,
      heading: 'New login to your account',
      notice: (site) => `We noticed a login to your account at ${site} from a new device.`,
      device: 'Device',
      ip: 'IP address',
      time: 'Time',
      button: 'View your devices',
      advice:
        'If you logged in, you do not need to do anything. ' +
        'If you did not log in, log out that device and change your password.',
    },
    de: {
      subject: (site) => `Neue Anmeldung in Ihrem Konto bei ${site}`,
      heading: 'Neue Anmeldung in Ihrem Konto',
      notice: (site) => `Wir haben eine Anmeldung in Ihrem Konto bei ${site} von einem neuen Gerät bemerkt.`,
      device: 'Gerät',
      ip: 'IP-Adresse',
      time: 'Zeitpunkt',
      button: 'Geräte ansehen',
      advice:
        'Wenn Sie das waren, müssen Sie nichts tun. ' +
        'Wenn Sie das nicht waren, melden Sie das Gerät ab und ändern Sie Ihr Passwort.',
    },
    fr: {
      subject: (site) => `Nouvelle connexion à votre compte ${site}`,
      heading: 'Nouvelle connexion à votre compte',
      notice: (site) => `Nous avons remarqué une connexion à votre compte sur ${site} depuis un nouvel appareil.`,
      device: 'Appareil',
      ip: 'Adresse IP',
      time: 'Date',
      button: 'Voir vos appareils',
      advice:
        'Si c’était vous, vous n’avez rien à faire. ' +
        'Si ce n’était pas vous, déconnectez cet appareil et changez votre mot de passe.',
    },
    es: {
      subject: (site) => `Nuevo inicio de sesión en tu cuenta de ${site}`,
      heading: 'Nuevo inicio de sesión en tu cuenta',
      notice: (site) => `Hemos detectado un inicio de sesión en tu cuenta de ${site} desde un dispositivo nuevo.`,
      device: 'Dispositivo',
      ip: 'Dirección IP',
      time: 'Fecha',
      button: 'Ver tus dispositivos',
      advice:
        'Si has sido tú, no tienes que hacer nada. ' +
        'Si no has sido tú, cierra la sesión de ese dispositivo y cambia tu contraseña.',
    },
  }),
  toLetter: ({ device, ip, at, accountLink }, site, texts) => ({
    subject: texts.subject(site),
    heading: texts.heading,
    before: [texts.notice(site), texts.advice],
    facts: [
      { label: texts.device, value: headerText(device) },
      ...(ip === null ? [] : [{ label: texts.ip, value: headerText(ip) }]),
      { label: texts.time, value: at },
    ],
    action: { label: texts.button, link: accountLink },
    after: [],
  }),
}

/**
 * Writes the email `new_device` (ASVS 6.3.5), as `writeNotice` does.
 * @param client the client of the login.
 */
export function writeNewDeviceMail(
  deps: NoticeDeps,
  user: User,
  { ip, userAgent }: ClientInfo,
): Promise<readonly OutgoingMail[]> {
  const { links, clock } = deps
  const device = deviceLabel(userAgent)
  const content: NewDeviceMail = { kind: 'new_device', device, ip, at: clock(), accountLink: links.devices }
  return writeNotice(deps, user, content)
}
