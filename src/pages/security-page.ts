import { html } from 'hono/html'
import type { AccountPage, SecuritySection } from '../kernel/feature.ts'
import { PAGE_TEXTS } from './texts.ts'

/** Returns the account page *Security*, which shows the sections of all features. */
export function securityPage(sections: readonly SecuritySection[]): AccountPage {
  const ordered = sections.toSorted((left, right) => left.place - right.place)
  return {
    path: '/security',
    navigation: { place: 20, icon: 'shield', label: (locale) => locale.texts(PAGE_TEXTS).security },
    async render(request) {
      const { security, securityLead } = request.locale.texts(PAGE_TEXTS)
      const rendered = await Promise.all(ordered.map((section) => section.render(request)))
      return { title: security, lead: securityLead, body: html`${rendered.filter((section) => section !== null)}` }
    },
  }
}
