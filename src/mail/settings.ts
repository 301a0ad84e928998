import { z } from 'zod'
import { functionSchema } from '../kernel/setting-schemas.ts'
import { defineSettings, type Settings } from '../kernel/settings.ts'
import type { Mailer } from './message.ts'

/** Whether this process sends emails. */
export interface MailSettings {
  /** False if other processes send the emails that this process writes to the outbox. Default true. */
  readonly deliverMails: boolean
  /** Emails that this process sends at the same time. Default 5. */
  readonly mailsAtOnce: number
}

/** Settings of emails in the library. */
export interface MailerSettings {
  /**
   * Delivers emails, such as `(await createSmtpMailer(...)).send` of latchkey/smtp. Default in development (NODE_ENV is
   * not `production`, and `baseUrl` is local): emails are printed and can be read at `/auth/dev/mail`. Default in
   * production: no emails are sent, and features that need them are not available.
   */
  readonly mailer?: Mailer | undefined
}

/** Settings of emails in the server. */
export interface SmtpSettings {
  /** Default: none, which works like the library without a `mailer`. */
  readonly smtpUrl?: string | undefined
  /** Sender. Default: `no-reply@` followed by the host of the base URL. */
  readonly mailFrom?: string | undefined
}

/** The settings of the outbox. */
export const mailSettings: Settings<MailSettings> = defineSettings<MailSettings>(null, {
  deliverMails: {
    meaning: 'false: this process writes emails to the outbox and leaves it to others to send them',
    default: true,
    schema: z.boolean(),
  },
  mailsAtOnce: {
    meaning: 'emails that this process sends at the same time, 1 to 50',
    default: 5,
    schema: z.int().min(1).max(50),
  },
})

/** The settings of emails that only the library has. */
export const mailerSettings: Settings<MailerSettings> = defineSettings<MailerSettings>(null, {
  mailer: {
    meaning: 'delivers [emails](mail.md)',
    default: undefined,
    defaultIs: 'printed in development, none in production',
    schema: functionSchema<Mailer>(),
  },
})

/** The settings of emails that only the server has. */
export const smtpSettings: Settings<SmtpSettings> = defineSettings<SmtpSettings>(null, {
  smtpUrl: {
    meaning: 'SMTP server that sends [emails](mail.md): `smtp://user:password@host:587` or `smtps://…`',
    default: undefined,
    defaultIs: 'printed in development; in production none are sent, and features that need them are not offered',
    schema: z.string().regex(/^smtps?:\/\//, 'must be smtp://user:password@host:587 or smtps://…'),
    variable: { name: 'SMTP_URL', isSecret: true },
  },
  mailFrom: {
    meaning: 'sender of emails: `Example <no-reply@example.com>` or `no-reply@example.com`',
    default: undefined,
    defaultIs:
      '`no-reply@` and the host of the base URL; for `localhost` and IP addresses `no-reply@latchkey.localhost`',
    schema: z.string(),
    variable: { name: 'LATCHKEY_MAIL_FROM' },
  },
})
