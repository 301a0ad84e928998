/*
 * All events, collected from the `events.ts` of each room. No room imports this file: the composition root passes the
 * table to the rooms that need it.
 */
import { ACCESS_TOKEN_EVENTS, type AccessTokenEvent } from '../access-tokens/events.ts'
import { ACCOUNT_EVENTS, type AccountEvent } from '../accounts/events.ts'
import type { UserEventJson } from '../audit/wire.ts'
import { FACTOR_EVENTS, type FactorEvent } from '../factors/events.ts'
import { RECOVERY_EVENTS, type RecoveryEvent } from '../factors/recovery/events.ts'
import { HTTP_EVENTS, type HttpEvent } from '../http/events.ts'
import { INVITATION_EVENTS, type InvitationEvent } from '../invitations/events.ts'
import type { EventOrigin, EventTable } from '../kernel/event.ts'
import type { InLanguages } from '../kernel/language.ts'
import { LOGIN_EVENTS, type LoginEvent } from '../login/events.ts'
import { MAIL_EVENTS, type MailEvent } from '../mail/events.ts'
import { OAUTH_EVENTS, type OAuthEvent } from '../oauth/events.ts'
import { PASSWORD_EVENTS, type PasswordEvent } from '../passwords/events.ts'
import { IDENTITY_EVENTS, type IdentityEvent } from '../providers/events.ts'
import { SESSION_EVENTS, type SessionEvent } from '../sessions/events.ts'
import { SIGNING_KEY_EVENTS, type SigningKeyEvent } from '../signing-keys/events.ts'

/** A security event: its type, its user and its details. `reason` is for operators. No event contains a secret. */
export type SecurityEvent =
  | AccountEvent
  | LoginEvent
  | PasswordEvent
  | SessionEvent
  | AccessTokenEvent
  | FactorEvent
  | RecoveryEvent
  | IdentityEvent
  | OAuthEvent
  | SigningKeyEvent
  | InvitationEvent
  | MailEvent
  | HttpEvent

/** Receives events after the change that they describe is stored. An error that it throws is reported and ignored. */
export type EventListener = (event: SecurityEvent & EventOrigin) => void

/** The descriptions of every event, by type, in the order of docs/events.md. */
export const EVENTS = {
  ...ACCOUNT_EVENTS,
  ...LOGIN_EVENTS,
  ...PASSWORD_EVENTS,
  ...SESSION_EVENTS,
  ...ACCESS_TOKEN_EVENTS,
  ...FACTOR_EVENTS,
  ...RECOVERY_EVENTS,
  ...IDENTITY_EVENTS,
  ...OAUTH_EVENTS,
  ...SIGNING_KEY_EVENTS,
  ...INVITATION_EVENTS,
  ...MAIL_EVENTS,
  ...HTTP_EVENTS,
} as const satisfies EventTable<SecurityEvent>

/** The types of the events that users see. */
export type UserEventType = {
  [Type in keyof typeof EVENTS]: (typeof EVENTS)[Type]['sentence'] extends object ? Type : never
}[keyof typeof EVENTS]

/** An event that `GET /auth/user/events` lists. */
export type UserEvent = UserEventJson<UserEventType>

/** Sentences for the events that users see, by type. */
export const USER_EVENTS: Readonly<Record<string, InLanguages<string>>> = Object.fromEntries(
  Object.entries(EVENTS).flatMap(([type, { sentence }]) => (sentence === null ? [] : [[type, sentence]])),
)
