import { createDevelopmentMailer, type DevelopmentMailer } from '../../mail/development-mailer.ts'
import type { WorkerLink } from './worker-link.ts'

/** Creates the mailbox of a development setup in a worker: each worker shows the emails that the lead would have sent. */
export function createSharedMailbox(link: WorkerLink): DevelopmentMailer {
  const mailbox = createDevelopmentMailer(Date.now, (line) => {
    if (link.isLead) process.stdout.write(`${line}\n`)
  })
  link.listen({ onMail: (mail) => void mailbox.send(mail) })
  return {
    ...mailbox,
    async send(mail) {
      await mailbox.send(mail)
      link.tellMail(mail)
    },
  }
}
