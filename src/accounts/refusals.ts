import { defineRefusals } from '../kernel/refusal-entry.ts'

/** The refusals of accounts and their email addresses. */
export const ACCOUNT_REFUSALS = defineRefusals({
  proof_required: {
    status: 403,
    title: 'Proof required',
    when: 'The link is valid, but the request has no session of the account. The caller must prove that the account is theirs.',
    next: 'Send the token again with the `password` of the account. `/email/verify` also accepts a `newPassword` that replaces it.',
    text: {
      en: 'Confirm that the account is yours.',
      de: 'Bestätigen Sie, dass das Konto Ihnen gehört.',
      fr: 'Confirmez que ce compte est le vôtre.',
      es: 'Confirma que la cuenta es tuya.',
    },
  },
  email_taken: {
    status: 409,
    title: 'Email address already registered',
    when: 'An account with this email address exists.',
    next: 'Log in, or use another email address.',
    text: {
      en: 'There is already an account with this email address.',
      de: 'Es gibt bereits ein Konto mit dieser E-Mail-Adresse.',
      fr: 'Un compte existe déjà avec cette adresse e-mail.',
      es: 'Ya existe una cuenta con esta dirección de correo.',
    },
  },
})
