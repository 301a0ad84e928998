/** URLs of the hosted pages. They are built from the configured base URL only, never from a header of a request. */
export interface Links {
  /** Path of all routes of Latchkey: `/auth`. */
  readonly basePath: string
  /** The base URL with the base path: `https://example.com/auth`. */
  readonly authUrl: string
  readonly login: string
  readonly account: string
  /** The page of the account about devices. */
  readonly devices: string
  /** The page of the account about password and factors. */
  readonly security: string
  readonly forgotPassword: string
  /** The page that a link to log in opens. */
  emailLogin(token: string): string
  resetPassword(token: string): string
  verifyEmail(token: string): string
  confirmEmailChange(token: string): string
  undoEmailChange(token: string): string
  /** The registration page with an invitation. */
  register(token: string): string
}

/**
 * Creates the links of an instance.
 * @param origin the public origin of the service: `https://example.com`.
 * @param basePath path of all routes: `/auth`.
 */
export function createLinks(origin: string, basePath: string): Links {
  const authUrl = `${origin}${basePath}`
  const withToken = (path: string) => (token: string) => `${authUrl}${path}?token=${token}`
  return {
    basePath,
    authUrl,
    login: `${authUrl}/login`,
    account: `${authUrl}/account`,
    devices: `${authUrl}/account/devices`,
    security: `${authUrl}/account/security`,
    forgotPassword: `${authUrl}/password/forgot`,
    emailLogin: withToken('/login/email'),
    resetPassword: withToken('/password/reset'),
    verifyEmail: withToken('/email/verify'),
    confirmEmailChange: withToken('/email/change/confirm'),
    undoEmailChange: withToken('/email/change/undo'),
    register: (token) => `${authUrl}/register?invitation=${token}`,
  }
}
