import './kernel/supported-node.ts'

export type { PasskeyAlgorithm } from './testing/authenticator-keys.ts'
export type { BrowserCookie, TestLogin, TestLoginOptions } from './testing/log-in.ts'
export type { TestProviderLogin } from './testing/log-in-with.ts'
export type { TestAccount } from './testing/memory-provider.ts'
export {
  type AuthenticatorOptions,
  type CeremonyOverrides,
  createAuthenticator,
  type SoftwareAuthenticator,
} from './testing/software-authenticator.ts'
export { createTestKit, type TestKit } from './testing/test-kit.ts'
