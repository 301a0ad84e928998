import type { NextConfig } from 'next'

const config: NextConfig = {
  serverExternalPackages: ['latchkey'], // a bundler would look for all optional packages of Latchkey
}
export default config
