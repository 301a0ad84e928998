import type { TextTable } from '../kernel/language.ts'
import type { MailContent } from '../kernel/outbox.ts'
import type { Letter } from './letter.ts'

/** Template of one kind of email. Each room defines its templates in its folder `mails/`. */
export interface MailTemplate<Content extends MailContent, Texts extends object> {
  /** The texts in each language, under the name of the kind. An application can replace each of them. */
  readonly texts: TextTable<Texts>
  /**
   * Returns the letter.
   * @param site the name of the site: one line.
   * @param texts the texts in the language of the reader.
   */
  readonly toLetter: (content: Content, site: string, texts: Texts) => Letter
}
