import type { FindEnrolled } from '../kernel/find-enrolled.ts'

/** Storage of what users set up besides their passwords. */
export interface EnrolmentStore {
  /** Returns `totp`, `passkey` and `recovery_code` as far as the user set them up, in one read. */
  readonly find: FindEnrolled
}
