import type { NextConfig } from 'next'

const config: NextConfig = {
  serverExternalPackages: ['latchkey'], // a bundler would look for all the packages that Latchkey loads only if they are there
}
export default config
