import { z } from 'zod'
import { booleanSchema } from '../../kernel/arguments.ts'

const MAX_LENGTH = 2_048
const TEXT = 'must be a text without spaces, at most 2048 characters'

/** A client id or a client secret. */
export const credentialSchema: z.ZodType<string> = z
  .string(TEXT)
  .regex(/^[!-~]+$/, TEXT)
  .max(MAX_LENGTH, TEXT)

/** Client ids of native apps. */
export const audiencesSchema: z.ZodType<readonly string[]> = z.array(credentialSchema)

/** Whether private addresses are allowed. */
export const allowPrivateSchema: z.ZodType<boolean> = booleanSchema

/** The URL of an issuer (OpenID Connect Discovery section 3). */
export const issuerSchema: z.ZodType<string> = z
  .string('must be the URL of the issuer, such as https://id.example.com')
  .refine(isIssuer, 'must be the URL of the issuer, such as https://id.example.com: http(s), without query or fragment')

/** Domains of email addresses. */
export const domainsSchema: z.ZodType<readonly string[]> = z.array(
  z
    .hostname('must be domains such as example.com')
    .refine((domain) => domain.includes('.'), 'must be domains such as example.com')
    .transform((domain) => domain.toLowerCase()),
)

function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return false
  return url.search === '' && url.hash === '' && url.username === '' && url.password === '' && !text.includes('#')
}
