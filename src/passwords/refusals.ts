import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of passwords. */
export const PASSWORD_REFUSALS = defineRefusals({
  wrong_password: {
    status: 403,
    title: 'Wrong password',
    when: 'The password of the account is wrong. The session, if there is one, stays valid.',
    next: 'Ask the user for the password again.',
    text: {
      en: 'That password is not right.',
      de: 'Dieses Passwort stimmt nicht.',
      fr: 'Ce mot de passe n’est pas correct.',
      es: 'Esa contraseña no es correcta.',
    },
  },
})
