import type { PasswordHasher } from '../crypto/password-hasher.ts'
import type { PasswordPolicy } from './password.ts'

/** The hasher of passwords, and the rules for new ones. */
export interface PasswordService {
  readonly hasher: PasswordHasher
  readonly policy: PasswordPolicy
}
