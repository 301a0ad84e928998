/** Scopes of OpenID Connect, which every client may ask for (OpenID Connect Core sections 5.4 and 11). */
export const IDENTITY_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const
