import { z } from 'zod'
import { strictMembers } from '../kernel/arguments.ts'
import { functionSchema } from '../kernel/setting-schemas.ts'
import { FRAME_TEXTS } from '../mail/frame.ts'
import { type MailTextOverrides, TEMPLATES } from './mails.ts'

/**
 * Schema of `mailTexts`: each text has the type of the English one. Texts that are functions return text, which only the
 * compiler checks.
 */
export const mailTextsSchema: z.ZodType<MailTextOverrides> = strictMembers(
  {
    ...textsSchema({ language: 'en', ...FRAME_TEXTS.texts.en }),
    ...Object.fromEntries(
      Object.entries(TEMPLATES).map(([kind, { texts }]) => [
        kind,
        strictMembers(textsSchema(texts.texts.en), 'text').optional(),
      ]),
    ),
  },
  'text',
)

function textsSchema(english: object): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(english).map(([name, text]) => {
      const schema = typeof text === 'function' ? functionSchema<unknown>() : z.string('must be a text')
      return [name, schema.optional()]
    }),
  )
}
