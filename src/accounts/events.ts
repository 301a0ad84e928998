import type { EventTable } from '../kernel/event.ts'

/** Events about accounts and their email addresses. */
export interface AccountEvent {
  readonly type:
    | 'user.created'
    | 'user.renamed'
    | 'user.disabled'
    | 'user.enabled'
    | 'user.deleted'
    | 'user.exported'
    | 'email.verification_requested'
    | 'email.verified'
    | 'email.change_requested'
    | 'email.changed'
    | 'email.change_undone'
    | 'email.change_stopped'
  readonly userId: string
}

/** Descriptions of the account events, for the documentation and the account page. */
export const ACCOUNT_EVENTS = {
  'user.created': {
    description: 'The user registered, was created or imported by the application, or came from the old system.',
    fields: { userId: null },
    sentence: 'Account created',
  },
  'user.renamed': {
    description: 'The name was changed or removed.',
    fields: { userId: null },
    sentence: 'Name changed',
  },
  'user.disabled': {
    description: 'The application disabled the account. All its sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: 'Account disabled',
  },
  'user.enabled': {
    description: 'The application enabled the account again.',
    fields: { userId: null },
    sentence: 'Account enabled',
  },
  'user.deleted': {
    description: 'The account was deleted with all its data. All its sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: null,
  },
  'user.exported': {
    description: 'The user downloaded all data about the account.',
    fields: { userId: null },
    sentence: 'Account data downloaded',
  },
  'email.verification_requested': {
    description: 'An email with a verification link was queued.',
    fields: { userId: null },
    sentence: 'Email verification requested',
  },
  'email.verified': {
    description: 'The user verified the email address.',
    fields: { userId: null },
    sentence: 'Email address verified',
  },
  'email.change_requested': {
    description: 'The user asked for another email address. It changes when the user opens the link sent to it.',
    fields: { userId: null },
    sentence: 'Change of email address requested',
  },
  'email.changed': {
    description: 'The user confirmed the new email address, which replaces the old one.',
    fields: { userId: null },
    sentence: 'Email address changed',
  },
  'email.change_undone': {
    description:
      'The change was undone from the old email address. All sessions and access tokens were revoked, and the password must be reset.',
    fields: { userId: null },
    sentence: 'Change of email address undone',
  },
  'email.change_stopped': {
    description:
      'The change was stopped from the old email address before it was confirmed. All sessions and access tokens were revoked.',
    fields: { userId: null },
    sentence: 'Change of email address stopped',
  },
} as const satisfies EventTable<AccountEvent>
