/** What decides what is offered. */
export interface Offer {
  readonly takesRegistrations: boolean
  readonly verifiesEmail: boolean
  readonly sendsMail: boolean
}

/** What is switched on, as `GET /auth` says it to clients that adapt to it. */
export function listFeatures({ takesRegistrations, verifiesEmail, sendsMail }: Offer): string[] {
  return [
    ...(takesRegistrations ? ['register'] : []),
    'login',
    'sessions',
    'events',
    'tokens',
    'forward_auth',
    'reauthenticate',
    'password_change',
    'export',
    ...(sendsMail ? ['password_reset', 'email_change'] : []),
    ...(sendsMail && verifiesEmail ? ['email_verification'] : []),
    'pages',
  ]
}
