import type { PageParts } from '../../kernel/page-view.ts'
import { note } from '../../pages/components/note.ts'
import { OAUTH_TEXTS } from '../texts.ts'
import type { ConsentRequest } from './find-request.ts'
import { type ConsentView, questionPage } from './question-page.ts'

/**
 * Renders the question whether an app may act for the user. It names the host that gets the answer, because everyone can choose
 * the name of an app.
 */
export function consentPage(view: ConsentView, asked: Omit<ConsentRequest, 'stored'>): PageParts {
  const { client, redirectHost, id } = asked
  const { warning } = view.locale.texts(OAUTH_TEXTS)
  return questionPage(view, {
    asked,
    warning: client.isFirstParty ? null : note('info', warning(redirectHost)),
    path: '/oauth/consent',
    fields: { request: id },
  })
}
