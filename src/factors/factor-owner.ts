import type { User } from '../kernel/principal.ts'

/** The user of a session that changes factors, and the security epoch of the session. */
export interface FactorOwner {
  readonly user: User
  /** A change is not stored if all sessions of the user were revoked in the meantime. */
  readonly securityEpoch: number
}
