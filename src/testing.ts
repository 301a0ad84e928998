import './kernel/supported-node.ts'

export type { BrowserCookie, TestLogin, TestLoginOptions } from './testing/log-in.ts'
export { createTestKit, type TestKit } from './testing/test-kit.ts'
