import { isLoopbackAddress } from '../kernel/ip-address.ts'
import type { Environment } from '../options/environment.ts'
import { ConfigurationError } from '../options/options.ts'

/**
 * Refuses to serve other machines in development, where secrets are created and emails are shown (CWE-489, CWE-1188).
 * @throws ConfigurationError that names HOST and what to set.
 */
export function refusePublicDevelopment({ isProduction, host, allowPublicDevelopment }: Environment): void {
  if (isProduction || allowPublicDevelopment || isLoopback(host)) return
  throw new ConfigurationError(
    [
      `HOST: other machines can reach ${host}, and NODE_ENV is not production. Set one of these:`,
      '  NODE_ENV=production for a server that others use',
      '  HOST=127.0.0.1 for a server of this machine',
      '  LATCHKEY_ALLOW_PUBLIC_DEVELOPMENT=1 if all machines of this network are yours',
    ].join('\n'),
  )
}

function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopbackAddress(host)
}
