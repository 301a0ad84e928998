/*
 * The emails that this process has leased and not sent yet, and the rule that decides which is next: an urgent one, then one
 * of the recipient who got the fewest, then the oldest. One slow recipient, or one with many emails, delays no other. Tested
 * beside this file.
 */

/** An email that may be next. */
export interface NextMail {
  /** The user waits for it, to get back into the account. */
  readonly isUrgent: boolean
  /** The recipient; an empty string if it is unknown. */
  readonly to: string
}

/** Emails that wait in this process. */
export interface MailLines<Mail extends NextMail> {
  add(mails: readonly Mail[]): void
  /** Removes and returns the next email; null if none may be sent now. Call `finish` after it. */
  next(): Mail | null
  finish(mail: Mail): void
  /** Removes and returns the emails that were not sent. */
  clear(): readonly Mail[]
  /** Number of emails that wait. */
  readonly waiting: number
}

/** Emails that are sent to one recipient at the same time. */
const PER_RECIPIENT = 2

/**
 * Creates empty lines.
 * @param atOnce number of emails that are sent at the same time. One of several is kept for urgent emails.
 */
export function createMailLines<Mail extends NextMail>(atOnce: number): MailLines<Mail> {
  const mails: Mail[] = []
  const sending = new Map<string, number>()
  const started = new Map<string, number>()
  const ordinaryAtOnce = Math.max(1, atOnce - 1)
  let running = 0

  function mayStart({ isUrgent, to }: Mail): boolean {
    return running < (isUrgent ? atOnce : ordinaryAtOnce) && (sending.get(to) ?? 0) < PER_RECIPIENT
  }
  function isBefore(mail: Mail, other: Mail): boolean {
    if (mail.isUrgent !== other.isUrgent) return mail.isUrgent
    return (started.get(mail.to) ?? 0) < (started.get(other.to) ?? 0)
  }

  return {
    add(more) {
      mails.push(...more)
    },
    next() {
      const [first, ...others] = mails.filter(mayStart)
      if (first === undefined) return null
      const mail = others.reduce((best, each) => (isBefore(each, best) ? each : best), first)
      mails.splice(mails.indexOf(mail), 1)
      running++
      sending.set(mail.to, (sending.get(mail.to) ?? 0) + 1)
      started.set(mail.to, (started.get(mail.to) ?? 0) + 1)
      return mail
    },
    finish({ to }) {
      running--
      sending.set(to, (sending.get(to) ?? 0) - 1)
      if (sending.get(to) === 0) sending.delete(to)
      if (running === 0 && mails.length === 0) started.clear()
    },
    clear: () => mails.splice(0),
    get waiting() {
      return mails.length
    },
  }
}
