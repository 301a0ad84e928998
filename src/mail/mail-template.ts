import type { MailContent } from '../kernel/outbox.ts'
import type { Letter } from './letter.ts'

/** Template of one kind of email. Each room defines its templates in its folder `mails/`. */
export interface MailTemplate<Content extends MailContent, Texts> {
  /** The English texts. An application can replace each of them with the option `mailTexts`. */
  readonly english: Texts
  /**
   * Returns the letter.
   * @param site the name of the site: one line.
   * @param texts the English texts, or those of the application.
   */
  readonly toLetter: (content: Content, site: string, texts: Texts) => Letter
}
