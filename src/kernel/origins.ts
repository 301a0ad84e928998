/** The origins whose pages may call this service. */
export interface Origins {
  /** The service's own origin, from `baseUrl`. */
  readonly own: string
  /** Other origins whose pages may call with credentials; matched exactly. */
  readonly trusted: ReadonlySet<string>
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Returns true for an origin that only this machine can reach. */
export function isLocalOrigin({ hostname }: URL): boolean {
  return LOCAL_HOSTS.has(hostname)
}

/** The values that NODE_ENV may have, besides being absent. */
export const NODE_ENVS: readonly string[] = ['production', 'development', 'test']

/** Returns true if Node runs in production. `checkOptions` refuses a mistyped value, such as `prod`. */
export function isProduction(): boolean {
  return process.env.NODE_ENV === 'production'
}

/** Returns true on a developer's machine: emails are then printed, and no mailer is required. */
export function isDevelopment(baseUrl: URL): boolean {
  return isLocalOrigin(baseUrl) && !isProduction()
}
