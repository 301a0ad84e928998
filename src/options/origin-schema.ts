import { z } from 'zod'

/** Schema of an origin: scheme, host and port, nothing else. */
export const originSchema: z.ZodType<string> = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://app.example.com: http(s), without path, wildcard or slash at the end',
  )
