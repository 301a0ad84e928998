import { defineTexts } from '../kernel/language.ts'

/** Texts of the second factors. */
export const FACTOR_TEXTS = defineTexts('factors', {
  en: {
    totpTitle: 'Use your authenticator app',
    totpLead: 'Type the code that the app shows for this account.',
    recoveryTitle: 'Use a recovery code',
    recoveryLead: 'Type one of the codes that you kept. Each works once.',
    rememberDevice: 'Do not ask again on this device for 30 days',
  },
  de: {
    totpTitle: 'Authenticator-App verwenden',
    totpLead: 'Geben Sie den Code ein, den die App für dieses Konto anzeigt.',
    recoveryTitle: 'Wiederherstellungscode verwenden',
    recoveryLead: 'Geben Sie einen der aufbewahrten Codes ein. Jeder gilt nur einmal.',
    rememberDevice: 'Auf diesem Gerät 30 Tage lang nicht mehr fragen',
  },
  fr: {
    totpTitle: 'Utiliser votre application d’authentification',
    totpLead: 'Saisissez le code que l’application affiche pour ce compte.',
    recoveryTitle: 'Utiliser un code de secours',
    recoveryLead: 'Saisissez l’un des codes que vous avez conservés. Chacun ne sert qu’une fois.',
    rememberDevice: 'Ne plus demander sur cet appareil pendant 30 jours',
  },
  es: {
    totpTitle: 'Usa tu aplicación de autenticación',
    totpLead: 'Escribe el código que la aplicación muestra para esta cuenta.',
    recoveryTitle: 'Usa un código de recuperación',
    recoveryLead: 'Escribe uno de los códigos que guardaste. Cada uno sirve una sola vez.',
    rememberDevice: 'No volver a preguntar en este dispositivo durante 30 días',
  },
})
