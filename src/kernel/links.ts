/** URLs of the hosted pages, built from the configured base URL alone: no header of a request gets into them. */
export interface Links {
  /** Path under which Latchkey answers: `/auth`. */
  readonly basePath: string
  /** The base URL with the base path: `https://example.com/auth`. */
  readonly authUrl: string
  readonly login: string
  readonly account: string
  readonly forgotPassword: string
  resetPassword(token: string): string
  verifyEmail(token: string): string
  confirmEmailChange(token: string): string
  undoEmailChange(token: string): string
  /** The registration page with an invitation. */
  register(token: string): string
}

/**
 * Creates the links.
 * @param origin the public origin of the service.
 */
export function createLinks(origin: string, basePath: string): Links {
  const authUrl = `${origin}${basePath}`
  const withToken = (path: string) => (token: string) => `${authUrl}${path}?token=${token}`
  return {
    basePath,
    authUrl,
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
