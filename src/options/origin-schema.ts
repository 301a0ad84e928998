import { z } from 'zod'

/** Schema of an origin: scheme, host and port, nothing else. */
export const originSchema: z.ZodType<string> = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://app.example.com: http(s), without path, wildcard or slash at the end',
  )

/**
 * The origin of an app that brings its own browser or runs inside one: `capacitor://localhost`, `tauri://localhost`,
 * `chrome-extension://<id>`, `app://-`. Browsers keep the case of its host. A page of one of the excluded schemes has no origin of its own, or the scheme has no pages.
 */
const APP_ORIGIN =
  /^(?!(?:https?|wss?|ftp|file|data|blob|about|javascript|filesystem):)[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._-]+(?::\d{1,5})?$/

/** Schema of an origin whose pages may call Latchkey. */
export const trustedOriginSchema: z.ZodType<string> = z
  .string()
  .refine(
    (text) => APP_ORIGIN.test(text) || originSchema.safeParse(text).success,
    'must be an origin such as https://app.example.com or capacitor://localhost: without path, wildcard or slash at the end',
  )
