import type { z } from 'zod'
import type { Setting } from '../kernel/settings.ts'

/** Returns the schema of a setting with the type that zod gives it. */
export function zodSchema({ schema }: Setting<unknown>): z.ZodType {
  return schema as z.ZodType // `SettingSchema` is the part of it that public types show
}
