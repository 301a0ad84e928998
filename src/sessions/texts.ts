import { defineTexts } from '../kernel/language.ts'

/** Texts of sessions. People call them devices. */
export const SESSION_TEXTS = defineTexts('sessions', {
  en: {
    title: 'Devices',
    lead: 'Where you are logged in. If you do not know a device, log it out, then change your password.',
    thisDevice: 'This device',
    active: 'active',
    logOut: 'Log out',
    logOutLabel: (device: string) => `Log out ${device}`,
    logOutOthers: 'Log out all others',
    unknownDevice: 'Unknown device',
    onSystem: (browser: string, system: string) => `${browser} on ${system}`,
    changePassword: 'Change password',
    question: 'Log out all other devices?',
    questionBody: (count: number) =>
      count === 1
        ? 'One other device is logged in. It has to log in again.'
        : `${count} other devices are logged in. They have to log in again.`,
    questionNone: 'No other device is logged in.',
    loggedOut: ({ device }: { readonly device: string }) => `${device} is logged out.`,
    othersLoggedOut: ({ count }: { readonly count: number }) => {
      if (count === 0) return 'No other device was logged in.'
      return count === 1 ? 'One other device is logged out.' : `${count} other devices are logged out.`
    },
    youLoggedOut: 'You are logged out.',
    logOutTitle: 'Log out?',
    logOutLead: 'You have to log in again on this device.',
    notLoggedIn: 'You are not logged in',
    stay: 'Stay logged in',
  },
  de: {
    title: 'Geräte',
    lead: 'Hier sind Sie angemeldet. Wenn Sie ein Gerät nicht kennen, melden Sie es ab und ändern Sie dann Ihr Passwort.',
    thisDevice: 'Dieses Gerät',
    active: 'aktiv',
    logOut: 'Abmelden',
    logOutLabel: (device) => `${device} abmelden`,
    logOutOthers: 'Alle anderen abmelden',
    unknownDevice: 'Unbekanntes Gerät',
    onSystem: (browser, system) => `${browser} auf ${system}`,
    changePassword: 'Passwort ändern',
    question: 'Alle anderen Geräte abmelden?',
    questionBody: (count) =>
      count === 1
        ? 'Ein anderes Gerät ist angemeldet. Es muss sich neu anmelden.'
        : `${count} andere Geräte sind angemeldet. Sie müssen sich neu anmelden.`,
    questionNone: 'Kein anderes Gerät ist angemeldet.',
    loggedOut: ({ device }) => `${device} ist abgemeldet.`,
    othersLoggedOut: ({ count }) => {
      if (count === 0) return 'Kein anderes Gerät war angemeldet.'
      return count === 1 ? 'Ein anderes Gerät ist abgemeldet.' : `${count} andere Geräte sind abgemeldet.`
    },
    youLoggedOut: 'Sie sind abgemeldet.',
    logOutTitle: 'Abmelden?',
    logOutLead: 'Auf diesem Gerät müssen Sie sich danach neu anmelden.',
    notLoggedIn: 'Sie sind nicht angemeldet',
    stay: 'Angemeldet bleiben',
  },
  fr: {
    title: 'Appareils',
    lead: 'Là où vous êtes connecté. Si vous ne reconnaissez pas un appareil, déconnectez-le, puis changez votre mot de passe.',
    thisDevice: 'Cet appareil',
    active: 'actif',
    logOut: 'Déconnecter',
    logOutLabel: (device) => `Déconnecter ${device}`,
    logOutOthers: 'Déconnecter tous les autres',
    unknownDevice: 'Appareil inconnu',
    onSystem: (browser, system) => `${browser} sur ${system}`,
    changePassword: 'Modifier le mot de passe',
    question: 'Déconnecter tous les autres appareils ?',
    questionBody: (count) =>
      count === 1
        ? 'Un autre appareil est connecté. Il devra se reconnecter.'
        : `${count} autres appareils sont connectés. Ils devront se reconnecter.`,
    questionNone: 'Aucun autre appareil n’est connecté.',
    loggedOut: ({ device }) => `${device} est déconnecté.`,
    othersLoggedOut: ({ count }) => {
      if (count === 0) return 'Aucun autre appareil n’était connecté.'
      return count === 1 ? 'Un autre appareil est déconnecté.' : `${count} autres appareils sont déconnectés.`
    },
    youLoggedOut: 'Vous êtes déconnecté.',
    logOutTitle: 'Se déconnecter ?',
    logOutLead: 'Vous devrez vous reconnecter sur cet appareil.',
    notLoggedIn: 'Vous n’êtes pas connecté',
    stay: 'Rester connecté',
  },
  es: {
    title: 'Dispositivos',
    lead: 'Dónde tienes la sesión iniciada. Si no reconoces un dispositivo, cierra su sesión y cambia la contraseña.',
    thisDevice: 'Este dispositivo',
    active: 'activo',
    logOut: 'Cerrar sesión',
    logOutLabel: (device) => `Cerrar la sesión en ${device}`,
    logOutOthers: 'Cerrar todas las demás',
    unknownDevice: 'Dispositivo desconocido',
    onSystem: (browser, system) => `${browser} en ${system}`,
    changePassword: 'Cambiar contraseña',
    question: '¿Cerrar la sesión en todos los demás dispositivos?',
    questionBody: (count) =>
      count === 1
        ? 'Hay otro dispositivo con la sesión iniciada. Tendrá que iniciarla otra vez.'
        : `Hay otros ${count} dispositivos con la sesión iniciada. Tendrán que iniciarla otra vez.`,
    questionNone: 'Ningún otro dispositivo tiene la sesión iniciada.',
    loggedOut: ({ device }) => `Sesión cerrada en ${device}.`,
    othersLoggedOut: ({ count }) => {
      if (count === 0) return 'Ningún otro dispositivo tenía la sesión iniciada.'
      return count === 1 ? 'Sesión cerrada en otro dispositivo.' : `Sesión cerrada en otros ${count} dispositivos.`
    },
    youLoggedOut: 'Has cerrado la sesión.',
    logOutTitle: '¿Cerrar la sesión?',
    logOutLead: 'Tendrás que iniciarla otra vez en este dispositivo.',
    notLoggedIn: 'No has iniciado sesión',
    stay: 'Seguir con la sesión iniciada',
  },
})
