export type { UserEvent } from './catalogue/events.ts'
export type { RefusalCode } from './catalogue/refusals.ts'
export type { Answer, BodyCall, Call, CallOptions, IdCall, QueryCall } from './client/calls.ts'
export { createClient } from './client/create-client.ts'
export type { LatchkeyClient } from './client/latchkey-client.ts'
export type { Refused, Result, Success } from './client/result.ts'
export type { ClientOptions } from './client/send.ts'
export type { SessionListener, SessionState } from './client/session-state.ts'
export type { FieldError } from './kernel/refusal.ts'
export type {
  DeviceJson as Device,
  MetadataJson as Metadata,
  SessionJson as Session,
  UserExportJson as UserExport,
  UserJson as User,
} from './kernel/wire.ts'
