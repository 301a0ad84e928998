/**
 * Who may call a route: anyone; a user with a session or an access token; a user with a session; a user with a session
 * who proved their identity recently.
 */
export type Access = 'anyone' | 'user' | 'session' | 'fresh_session'
