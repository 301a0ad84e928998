import { createSigner } from '../crypto/signature.ts'
import type { Cookie, CookieFactory } from '../kernel/cookie.ts'
import type { Html } from '../kernel/feature.ts'
import type { Flash } from '../kernel/flash.ts'
import type { Links } from '../kernel/links.ts'
import type { Origins } from '../kernel/origins.ts'
import type { Answer, RouteRequest } from '../kernel/route.ts'
import { clearFlashCookie, flashCookie, readFlash } from './flash.ts'
import { createPageRenderer, type PageRenderer } from './page.ts'

/** A page of a feature. */
export interface FeaturePage {
  readonly title: string
  /** Renders the content with the message of the last form. */
  content(flash: Flash | null): Html | Promise<Html>
}

/** Functions and settings that the pages of all features share. */
export interface Pages {
  /** Base path of the forms: `/auth`. */
  readonly basePath: string
  readonly origins: Origins
  /** Renders content in the frame that all pages share. */
  readonly render: PageRenderer
  /** Returns an answer with a page and the message of the last form. */
  show(request: Pick<RouteRequest, 'cookies'>, page: FeaturePage): Promise<Answer>
  /** Returns the cookie that contains a message for the next page. */
  leave(flash: Flash): Cookie
}

/** Dependencies of `createPages`. */
export interface PagesDeps {
  /** The name that users know the service by. */
  readonly siteName: string
  readonly origins: Origins
  readonly links: Links
  readonly cookies: CookieFactory
  /** Newest first. */
  readonly secrets: readonly Uint8Array[]
}

/** Creates the pages of an instance. */
export function createPages({ siteName, origins, links, cookies, secrets }: PagesDeps): Pages {
  const signer = createSigner(secrets, 'flash')
  const render = createPageRenderer(siteName)
  return {
    basePath: links.basePath,
    origins,
    render,
    async show(request, { title, content }) {
      const flash = readFlash(signer, request)
      return render({ status: 200, title, content: await content(flash), cookies: clearFlashCookie(cookies, request) })
    },
    leave: (flash) => flashCookie({ cookies, signer }, flash),
  }
}
