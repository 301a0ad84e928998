import type { PasswordCost } from '../crypto/password-hasher.ts'

/** The smallest cost that argon2 accepts (RFC 9106 section 3.1), for tests that are not about hashing. */
export const SMALLEST_PASSWORD_COST: PasswordCost = { memoryKib: 8, passes: 1 }
