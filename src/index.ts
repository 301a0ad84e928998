import './kernel/supported-node.ts'

export type { IssuedAccessToken, NewAccessToken } from './access-tokens/create-access-token.ts'
export type { ServerSideTokens } from './access-tokens/server-side-tokens.ts'
export type { AccessTokenSettings } from './access-tokens/settings.ts'
export type { CreateUserInput } from './accounts/create-user.ts'
export type { ImportInvitation, ImportLine, ImportUser } from './accounts/import-types.ts'
export type { ImportLines, ImportOptions, ImportProgress, ImportResult, SkippedLine } from './accounts/import-users.ts'
export type { ServerSideUsers } from './accounts/server-side-users.ts'
export type { UserRecord } from './accounts/store.ts'
export type { AuditFilter, ServerSideAudit } from './audit/server-side-audit.ts'
export type { AuditSettings } from './audit/settings.ts'
export type { AuditRecord } from './audit/store.ts'
export type { AuditProblem, AuditReport } from './audit/verify-audit.ts'
export type { AnyRequest, CookieTarget } from './authentication/any-request.ts'
export type {
  ClientRequirement,
  GrantRequirement,
  Requirement,
  SessionRequirement,
} from './authentication/requirement.ts'
export type { EventListener, SecurityEvent } from './catalogue/events.ts'
export type { MailTextOverrides, MailTexts } from './catalogue/mails.ts'
export { Refusal } from './catalogue/refusal.ts'
export type { RefusalCode } from './catalogue/refusals.ts'
export type { PasswordHashingOptions } from './crypto/settings.ts'
export type { TrustProxy } from './http/client-address.ts'
export type { Latchkey } from './instance.ts'
export type { Clock } from './kernel/clock.ts'
export type { Connection, RequestRecord } from './kernel/connection.ts'
export type { EmailAddress } from './kernel/email-address.ts'
export type { EventOrigin } from './kernel/event.ts'
export type { AccessTokenId, SessionId, UserId } from './kernel/ids.ts'
export type {
  AccessToken,
  ClientInfo,
  ClientPrincipal,
  Method,
  Principal,
  Session,
  SessionPrincipal,
  TokenPrincipal,
  User,
} from './kernel/principal.ts'
export type { FieldError, RefusalOptions } from './kernel/refusal.ts'
export { VERSION } from './kernel/version.ts'
export { createLatchkey } from './latchkey.ts'
export type { VerifyLegacy } from './login/legacy-login.ts'
export type { Mailer, Message } from './mail/message.ts'
export { MailRefused } from './mail/message.ts'
export type { LatchkeyOptions } from './options/options.ts'
export { ConfigurationError } from './options/options.ts'
export type { ServerSideSessions } from './sessions/server-side-sessions.ts'
export type { SessionFilter } from './sessions/session-filter.ts'
export type { SessionSettings } from './sessions/settings.ts'
export type { Storage } from './storage/storage.ts'
export type { ThrottleSettings } from './throttle/settings.ts'
