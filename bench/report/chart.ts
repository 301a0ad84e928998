/* A bar chart as SVG, with its own background, so that it is readable on light and dark pages. */
import { CATALOGUE, type Role } from '../catalogue.ts'
import type { WarmResults } from '../results.ts'
import { decimals, whole } from './format.ts'

interface Bar {
  readonly title: string
  readonly role: Role
  readonly value: number
  readonly label: string
}

const WIDTH = 900
const LEFT = 290
const RIGHT = 190
const TOP = 74
const ROW = 26
const BAR = 17

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .note { fill: #59636e }
  .ground { fill: #ffffff; stroke: #d1d9e0 }
  .limit { fill: #8c959f } .latchkey { fill: #1a7f5a } .peer { fill: #5a7fb8 } .hand { fill: #b08800 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note { fill: #9198a1 } .ground { fill: #0d1117; stroke: #3d444d }
    .limit { fill: #6e7681 } .latchkey { fill: #2ea97c } .peer { fill: #6c96d6 } .hand { fill: #d4a72c }
  }`

/** Draws GET /me, warm: requests per second. */
export function warmChart({ subjects }: WarmResults): string {
  const bars = CATALOGUE.flatMap(({ id, title, role, limit }): Bar[] => {
    const own = subjects[id]
    if (own === undefined || id === 'bare-again') return []
    const ratio =
      role === 'limit' ? '' : ` · ${decimals(own.toLimit.median)} of ${limit === 'bare' ? 'node:http' : limit}`
    return [{ title, role, value: own.perSecond.median, label: `${whole(own.perSecond.median)}${ratio}` }]
  })
  return draw('Authenticated GET /me per second, one core, medians', bars)
}

function draw(title: string, bars: readonly Bar[]): string {
  const height = TOP + bars.length * ROW + 16
  const greatest = Math.max(1, ...bars.map(({ value }) => value))
  const rows = bars.map((bar, index) =>
    drawBar(bar, TOP + index * ROW, ((WIDTH - LEFT - RIGHT) * bar.value) / greatest),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
<text class="title" x="20" y="32">${escapeXml(title)}</text>
<text class="note" x="20" y="54">Behind the number: the rate as a ratio to the bare server or framework.</text>
${rows.join('\n')}
</svg>
`
}

function drawBar({ title, role, label }: Bar, y: number, length: number): string {
  const middle = y + BAR / 2 + 4.5
  return [
    `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${escapeXml(title)}</text>`,
    `<rect class="${role}" x="${LEFT}" y="${y}" width="${Math.max(1, length).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<text x="${(LEFT + length + 8).toFixed(1)}" y="${middle}">${escapeXml(label)}</text>`,
  ].join('')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
