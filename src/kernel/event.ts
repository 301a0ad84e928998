import type { InLanguages } from './language.ts'
import type { ClientInfo } from './principal.ts'

/**
 * The shape of every security event. Each room states its own events in its `events.ts`; `catalogue/events.ts` has all of
 * them. No event holds a secret or an email address.
 */
export interface AnyEvent {
  /** What happened, as `noun.verb`: `session.revoked`. */
  readonly type: string
  /** The id of the user that the event is about; null if there is none. */
  readonly userId: string | null
  /** The id of the session that the event is about; null or absent if there is none. */
  readonly sessionId?: string | null
}

/** Where an event comes from. */
export interface EventOrigin {
  /** When it happened, milliseconds since 1970 UTC. */
  readonly at: number
  /** Cause of the event: the id of the logged-in user, the `actor` of server-side calls, or null without a login. */
  readonly actor: string | null
  /** The id of the request that caused it; null for server-side calls and background jobs. */
  readonly requestId: string | null
  /** The client that sent the request; null without a request. */
  readonly client: ClientInfo | null
}

/** An event with its origin, as it is stored and passed to `onEvent`. */
export type StampedEvent = AnyEvent & EventOrigin

/**
 * Adds the origin to an event. The storage writes the result in the transaction of the change itself. An action names the
 * events that it stamps, as in `Stamp<SessionEvent>`, so that a misspelt type does not compile. The plain `Stamp` takes
 * any event, so it fits every action.
 */
export type Stamp<Event extends AnyEvent = AnyEvent> = (event: Event) => StampedEvent

/** The event of a union that has this type. */
type EventOf<Event extends AnyEvent, Type> = Event extends { readonly type: infer Types }
  ? Type extends Types
    ? Event
    : never
  : never

/** Texts about one event, for the documentation and the account page. */
export interface EventEntry<Field extends string = string> {
  /** When the event happens, and its consequences, in Markdown. */
  readonly description: string
  /** Every field of the event except `type`. The value explains the field; null if the name explains itself. */
  readonly fields: Readonly<Record<Field, string | null>>
  /** Text of the event on the account page, in every language; null if users do not see this event. */
  readonly sentence: InLanguages<string> | null
}

/** The entries of all events of a room, by type. */
export type EventTable<Event extends AnyEvent> = {
  readonly [Type in Event['type']]: EventEntry<Exclude<keyof EventOf<Event, Type> & string, 'type'>>
}
