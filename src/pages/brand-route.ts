import { defineCall } from '../kernel/define-calls.ts'
import { Refusal } from '../kernel/refusal.ts'
import { defineRoute, type Route } from '../kernel/route.ts'
import type { Brand } from './brand.ts'

/** An SVG that is opened by itself runs no script and loads nothing. */
const FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** The route of the brand's files. Their names contain the hash of the content, so that they can be kept forever. */
export function brandRoute({ files }: Brand): Route {
  const byName = new Map(files.map((file) => [file.name, file]))
  return defineRoute(defineCall('GET /brand/{name}', { name: 'pages.brand', access: 'anyone' }), {
    summary: 'A file of the brand: logo or icon',
    answers: { 200: 'image/*' },
    async handle({ params: { name = '' } }) {
      const file = byName.get(name)
      if (file === undefined) throw new Refusal('not_found', { detail: 'There is no such file.' })
      return {
        status: 200,
        headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
        text: { type: file.type, content: file.bytes, policy: FILE_POLICY },
      }
    },
  })
}
