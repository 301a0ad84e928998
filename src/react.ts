export { SessionProvider, type SessionProviderProps, useClient, useSession } from './react/session.ts'
