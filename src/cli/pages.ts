import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Command } from 'commander'
import { LANGUAGES } from '../kernel/language.ts'
import type { LatchkeyConfig } from '../options/options.ts'
import { readConfiguration } from '../server/configuration.ts'
import { parsePort } from './parse-port.ts'

/** The commands `latchkey pages …`. */
export function pagesCommand(): Command {
  const pages = new Command('pages').description('look at the pages')
  pages
    .command('preview')
    .description('open every state of every page with sample data and your brand, in every language')
    .option('--port <port>', 'port to listen on; 0: any free port', parsePort, 4_000)
    .addHelpText('after', '\nExample:\n  LATCHKEY_BRAND_COLOR=#0a7d5a latchkey pages preview')
    .action(async ({ port }: { readonly port: number }) => {
      const { options } = await readConfiguration(process.env, process.cwd())
      const url = await servePreview(options, port)
      process.stdout.write(`The preview is at ${url}\n`)
    })
  return pages
}

/** Serves the preview on this machine only. Returns its URL. */
async function servePreview(config: LatchkeyConfig, port: number): Promise<string> {
  const [{ createPreviewSite }, { STATES }, { indexPage }, { renderSampleMail }] = await Promise.all([
    import('./preview/preview-site.ts'),
    import('./preview/states.ts'),
    import('./preview/index-page.ts'),
    import('./preview/mails.ts'),
  ])
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}` // it listens on a port
  const site = createPreviewSite(config, origin)
  const listener = getRequestListener(async ({ url }) => {
    const { pathname, searchParams } = new URL(url)
    if (pathname === '/') return toHtml(indexPage(config.siteName ?? 'Latchkey'))
    const language = LANGUAGES.find((each) => each === searchParams.get('lang')) ?? 'en'
    const [, kind] = /^\/mail\/(\w+)$/.exec(pathname) ?? []
    const mail = kind === undefined ? null : renderSampleMail(config, origin, { kind, language })
    if (mail !== null) return toHtml(mail)
    const state = STATES.find(({ name }) => pathname === `/show/${name}`)
    if (state === undefined) return site.file(pathname)
    return site.show(state, language)
  })
  server.on('request', listener)
  return origin
}

function toHtml(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}
