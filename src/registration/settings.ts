import { z } from 'zod'
import { defineSettings, type Settings } from '../kernel/settings.ts'

/** Who may register: anyone (`open`), only with an invitation (`invite`), or no one (`closed`). */
export type Registration = 'open' | 'invite' | 'closed'

/** Who may register. */
export interface RegistrationSettings {
  /** Who may register; see `Registration`. Default `open`. */
  readonly registration: Registration
}

/** The settings of registration. */
export const registrationSettings: Settings<RegistrationSettings> = defineSettings<RegistrationSettings>(null, {
  registration: {
    meaning: '`open`, `invite` (with an [invitation](cli.md)) or `closed`',
    default: 'open',
    schema: z.enum(['open', 'invite', 'closed'], 'must be open, invite or closed'),
    variable: { name: 'LATCHKEY_REGISTRATION' },
  },
})
