/** Which pages may call us. */
export interface TrustedPages {
  /** Our own origin. */
  readonly origin: string
  /** Other origins whose pages may call us with credentials; matched exactly. */
  readonly trustedOrigins: ReadonlySet<string>
}
