import type { EventTable } from '../kernel/event.ts'

/** Events about invitations. */
export interface InvitationEvent {
  readonly type: 'invitation.created'
  readonly userId: null
}

/** Descriptions of the invitation events, for the documentation. */
export const INVITATION_EVENTS = {
  'invitation.created': {
    description: 'The application created an invitation.',
    fields: { userId: 'always null' },
    sentence: null,
  },
} as const satisfies EventTable<InvitationEvent>
