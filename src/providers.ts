import './kernel/supported-node.ts'

export { type AppleOptions, apple } from './providers/presets/apple.ts'
export { type GithubOptions, github } from './providers/presets/github.ts'
export { type GitlabOptions, gitlab } from './providers/presets/gitlab.ts'
export { type GoogleOptions, google } from './providers/presets/google.ts'
export { type MicrosoftOptions, microsoft } from './providers/presets/microsoft.ts'
export { type OidcOptions, oidc } from './providers/presets/oidc.ts'
export type { Provider } from './providers/provider.ts'
