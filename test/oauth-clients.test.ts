/* Clients that we did not write, against the server as a user starts it (DESIGN section 3, OAuth). */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import {
  Client as McpClient,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { createLatchkey } from '../src/index.ts'
import { sqlite } from '../src/sqlite.ts'
import { Client } from './support/client.ts'
import { createCommandLine } from './support/command-line.ts'
import { allowIn, testForeignApps } from './support/foreign-apps.ts'
import { freePort } from './support/free-port.ts'
import { serve } from './support/mcp-server.ts'
import { createApp, SCOPES } from './support/oauth.ts'
import { PASSWORD, SMALL_COST, startInstance } from './support/rings.ts'
import { startServerProcess } from './support/server-process.ts'

/** Where an assistant describes itself. */
const DOCUMENT = 'https://assistant.example/client.json'
const CALLBACK = 'http://127.0.0.1:4711/callback'

testForeignApps(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-oauth-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const settings = {
    LATCHKEY_OAUTH: 'on',
    LATCHKEY_SCOPES: 'read,write',
    PORT: String(port),
    LATCHKEY_BASE_URL: origin,
  }
  const server = await startServerProcess(settings, directory)
  return {
    origin,
    browser: server.client(),
    directory,
    settings,
    async end() {
      await server.end('SIGTERM')
      rmSync(directory, { recursive: true })
    },
  }
})

test.each(['registered', 'described'])(
  '@modelcontextprotocol/client: an assistant that is %s, from a 401 of an MCP server to a call of its tool',
  async (kind) => {
    const site = `http://127.0.0.1:${await freePort()}`
    const fetchDocument = async () =>
      Response.json({ client_id: DOCUMENT, redirect_uris: ['http://127.0.0.1/callback'] })
    const oauth = { clientIdMetadataDocuments: kind === 'described' }
    const options = { baseUrl: site, oauth, scopes: SCOPES }
    const instance = await startInstance('handler', options, { ...SMALL_COST, fetchDocument })
    const http = createServer(getRequestListener((request) => serve(instance.auth, request)))
    onTestFinished(async () => {
      http.close()
      http.closeAllConnections()
      await instance.close()
    })
    await once(http.listen(Number(new URL(site).port), '127.0.0.1'), 'listening')
    const user = new Client((path, init) => fetch(`${site}${path}`, { redirect: 'manual', ...init }))
    const { body } = await user.post('/auth/register', { email: 'ada@example.com', password: PASSWORD })
    const app = await createApp(instance, { redirectUris: ['http://127.0.0.1/callback'], isPublic: true })
    const seen: { tokens?: OAuthTokens; verifier: string; location?: URL; client?: OAuthClientInformationMixed } = {
      verifier: '',
    }
    const authProvider: OAuthClientProvider = {
      redirectUrl: CALLBACK,
      clientMetadata: { redirect_uris: [CALLBACK], client_name: 'Assistant' },
      // The assistant asks for its id only if it has one; otherwise it sends the URL of its document.
      ...(kind === 'described' ? { clientMetadataUrl: DOCUMENT } : {}),
      clientInformation: () => (kind === 'described' ? seen.client : { client_id: app.clientId }),
      saveClientInformation: (client) => void Object.assign(seen, { client }),
      tokens: () => seen.tokens,
      saveTokens: (tokens) => void Object.assign(seen, { tokens }),
      redirectToAuthorization: (location) => void Object.assign(seen, { location }),
      saveCodeVerifier: (verifier) => void Object.assign(seen, { verifier }),
      codeVerifier: () => seen.verifier,
    }
    const connect = async (): Promise<[McpClient, StreamableHTTPClientTransport, Promise<void>]> => {
      const transport = new StreamableHTTPClientTransport(new URL(`${site}/mcp`), { authProvider })
      const assistant = new McpClient({ name: 'test', version: '1' })
      return [assistant, transport, assistant.connect(transport)]
    }
    const [, transport, refused] = await connect()
    await expect(refused).rejects.toThrow(UnauthorizedError)
    const callback = await allowIn(seen.location as URL, { browser: user, origin: site })
    await transport.finishAuth(callback.searchParams)
    const [assistant, , connected] = await connect()
    await connected
    const { content } = await assistant.callTool({ name: 'whoami', arguments: {} })
    expect(content).toEqual([{ type: 'text', text: body.user.id }])
    await assistant.close()
  },
)

test('the command of docs/mcp.md creates the client in the database of the server of that page', async () => {
  const page = readFileSync(new URL('../docs/mcp.md', import.meta.url), 'utf8')
  const [, environment = '', text = ''] = /^((?:[A-Z_]+=\S+ )+)npx latchkey (client create .*)$/m.exec(page) ?? []
  const [, file = ''] = /sqlite\('([^']+)'\)/.exec(page) ?? []
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-mcp-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const auth = await createLatchkey({
    baseUrl: 'http://localhost:3000',
    storage: sqlite(join(directory, file)),
    scopes: ['read'],
    mailer: async () => undefined,
  })
  onTestFinished(() => auth.close())
  const args = text.match(/"[^"]*"|\S+/g)?.map((arg) => arg.replaceAll('"', '')) ?? []
  const env = Object.fromEntries(
    environment
      .trim()
      .split(' ')
      .map((pair) => pair.split('=')),
  )
  const { code, out, err } = await createCommandLine(directory)(args, '', env)
  expect([code, err]).toEqual([0, ''])
  expect((await auth.oauthClients.list()).map(({ id, isPublic }) => [id, isPublic])).toEqual([[out.trim(), true]])
})
