/** The addresses that mails lead to, made of the configured base URL alone: no header of a request gets into them. */
export interface Links {
  readonly login: string
  readonly account: string
  readonly forgotPassword: string
  resetPassword(token: string): string
  verifyEmail(token: string): string
  confirmEmailChange(token: string): string
  undoEmailChange(token: string): string
  /** The registration page, with an invitation. */
  register(token: string): string
}

/**
 * Makes the links.
 * @param authUrl the base URL with the base path.
 */
export function createLinks(authUrl: string): Links {
  const withToken = (path: string) => (token: string) => `${authUrl}${path}?token=${token}`
  return {
    login: `${authUrl}/login`,
    account: `${authUrl}/account`,
    forgotPassword: `${authUrl}/password/forgot`,
    resetPassword: withToken('/password/reset'),
    verifyEmail: withToken('/email/verify'),
    confirmEmailChange: withToken('/email/change/confirm'),
    undoEmailChange: withToken('/email/change/undo'),
    register: (token) => `${authUrl}/register?invitation=${token}`,
  }
}
