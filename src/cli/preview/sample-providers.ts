import { generateKeyPairSync } from 'node:crypto'
import { apple } from '../../providers/presets/apple.ts'
import { github } from '../../providers/presets/github.ts'
import { gitlab } from '../../providers/presets/gitlab.ts'
import { google } from '../../providers/presets/google.ts'
import { microsoft } from '../../providers/presets/microsoft.ts'
import { oidc } from '../../providers/presets/oidc.ts'
import type { Provider } from '../../providers/provider.ts'

const CREDENTIALS = { clientId: 'client', clientSecret: 'secret' }

/** Returns one provider of each kind, for the preview. */
export function sampleProviders(): readonly Provider[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return [
    google(CREDENTIALS),
    apple({
      clientId: 'com.example.web',
      teamId: 'TEAMTEAM00',
      keyId: 'KEYKEYKEY0',
      privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    }),
    microsoft(CREDENTIALS),
    github(CREDENTIALS),
    gitlab(CREDENTIALS),
    oidc({ ...CREDENTIALS, id: 'company', name: 'Example Company', issuer: 'https://id.example.com' }),
  ]
}
