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

/** Returns true on a developer's machine: emails are then printed, and no mailer is required. */
export function isDevelopment(baseUrl: URL): boolean {
  return isLocalOrigin(baseUrl) && process.env.NODE_ENV !== 'production'
}
