import type { Core } from '../core.ts'
import type { Feature } from '../kernel/feature.ts'
import { devMailHtmlRoute, devMailRoute, type ShowPage } from './dev-mail-route.ts'
import type { Mailing } from './mailing.ts'

/** Creates the feature that sends the emails in the outbox, and shows them in development. */
export function mail(core: Core, mailing: Mailing<string>, showPage: ShowPage): Feature {
  mailing.start({ mails: core.stores.mails, stamp: core.stamp, onError: core.report })
  const { developmentMailer } = mailing
  return {
    name: 'mail',
    words: [],
    routes:
      developmentMailer === null
        ? []
        : [devMailRoute(developmentMailer, showPage), devMailHtmlRoute(developmentMailer)],
    stop: () => mailing.stop(),
  }
}
