/* Apps that describe themselves in a document at the URL that is their client id, and attacks with such documents. */
import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createGuardedFetch } from '../../src/kernel/guarded-fetch.ts'
import {
  type App,
  allow,
  authorization,
  call,
  decide,
  exchange,
  locationOf,
  open,
  refresh,
  register,
  SCOPES,
  statusOf,
} from '../support/oauth.ts'
import { type Instance, RINGS, type Ring, SMALL_COST, startInstance } from '../support/rings.ts'

const ID = 'https://notes.example/oauth/client.json'
const CALLBACK = 'https://notes.example/callback'
const HTML = { accept: 'text/html' }
const OAUTH = { clientIdMetadataDocuments: true }

/** A host of documents. `answer` is replaced by tests. */
interface Host {
  document: Record<string, unknown>
  answer: (response: ServerResponse) => void
  requests: number
}

interface Scene {
  readonly instance: Instance
  readonly host: Host
}

/** Registers what ends after a test, or after all of them. */
type Ending = (end: () => void | Promise<void>) => void

/** Starts an instance whose requests for documents reach a server of this test, for any host. */
async function start(ring: Ring = 'handler', ending: Ending = onTestFinished): Promise<Scene> {
  const host: Host = {
    document: { client_id: ID, client_name: 'Notes', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' },
    requests: 0,
    answer(response) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(host.document))
    },
  }
  const url = await listen((_, response) => {
    host.requests++
    host.answer(response)
  }, ending)
  const guarded = createGuardedFetch({ allowPrivate: true, maxBytes: 5 * 1024 })
  const instance = await startInstance(
    ring,
    { oauth: OAUTH, scopes: SCOPES },
    { ...SMALL_COST, fetchDocument: (_, request) => guarded(url, { ...request, signal: AbortSignal.timeout(500) }) },
  )
  ending(() => instance.close())
  ending(() => expect(instance.errors).toEqual([]))
  return { instance, host }
}

async function listen(listener: RequestListener, ending: Ending = onTestFinished): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ending(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const appOf = (clientId = ID, redirectUri = CALLBACK): App => ({ clientId, clientSecret: null, redirectUri })
const minutes = (count: number): number => count * 60_000

describe.each(RINGS)('apps that describe themselves (%s)', (ring) => {
  test('a user allows an app that nobody registered, and it calls the API until the user revokes it', async () => {
    const { instance, host } = await start(ring)
    const ada = await register(instance)
    const request = authorization(appOf(), { scope: 'openid offline_access read' })
    const page = await open(ada, request.path)
    expect(page.text).toContain('Notes (notes.example)')
    expect(await instance.runSql(`SELECT id FROM ${tableOf(ring, 'oauth_clients')}`)).toEqual([]) // only after a yes
    const code = (await decide(ada, page)).searchParams.get('code') ?? ''
    const { body: tokens } = await exchange(instance.client(), appOf(), code, request)
    expect(await statusOf(instance, tokens.access_token, '?scope=read')).toBe(204)
    const { body: refreshed } = await refresh(instance.client(), appOf(), tokens.refresh_token)
    expect(await statusOf(instance, refreshed.access_token, '?scope=read')).toBe(204)
    expect((await ada.get('/auth/grants')).body.grants).toMatchObject([
      { client: { id: ID, name: 'Notes (notes.example)' }, scopes: ['openid', 'offline_access', 'read'] },
    ])
    const again = await ada.get(authorization(appOf(), { scope: 'openid read' }).path, HTML)
    expect(new URL(locationOf(again)).searchParams.get('code')).toBeTruthy() // asked once
    expect(host.requests).toBe(1)

    const { grants } = (await ada.get('/auth/grants')).body
    expect((await ada.delete(`/auth/grants/${grants[0].id}`)).status).toBe(204)
    expect(await statusOf(instance, refreshed.access_token)).toBe(401)
    await instance.auth.sweep()
    expect(await instance.auth.oauthClients.list()).toEqual([])
  })

  test('swap after consent: another redirect URI asks again, and the code goes only to the one that the page named', async () => {
    const { instance, host } = await start(ring)
    const ada = await register(instance)
    await allow(ada, authorization(appOf()))
    const other = 'https://notes.example/other'
    host.document = { ...host.document, redirect_uris: [other] }
    instance.advance(minutes(11))
    const eve = await register(instance, 'eve@example.com')
    await allow(eve, authorization(appOf(ID, other))) // what another user allows does not count
    const page = await open(ada, authorization(appOf(ID, other)).path)
    expect([page.status, page.url.split('?')[0]]).toEqual([200, '/auth/oauth/consent'])
    expect((await decide(ada, page)).href).toMatch(/^https:\/\/notes\.example\/other\?/)
    const silent = await ada.get(authorization(appOf(ID, other)).path, HTML)
    expect(locationOf(silent)).toMatch(/^https:\/\/notes\.example\/other\?code=/)
    const former = await ada.get(authorization(appOf()).path, HTML)
    expect([former.status, locationOf(former)]).toEqual([400, '']) // no longer in the document
  })
})

const tableOf = (ring: Ring, table: string): string => (ring.includes('Postgre') ? `latchkey.${table}` : table)

test('swap while the page is open: the code goes where the page said', async () => {
  const { instance, host } = await start()
  const ada = await register(instance)
  const page = await open(ada, authorization(appOf()).path)
  host.document = { ...host.document, redirect_uris: ['https://notes.example/evil'], client_name: 'Bank' }
  instance.advance(minutes(11))
  expect((await decide(ada, page)).href).toMatch(/^https:\/\/notes\.example\/callback\?/)
})

test('an answer at a port of the device is asked about each time, because any program can listen there', async () => {
  const { instance, host } = await start()
  const ada = await register(instance)
  const fixed = 'http://127.0.0.1:33418/'
  host.document = { ...host.document, redirect_uris: ['http://127.0.0.1/callback', fixed] }
  for (const uri of ['http://127.0.0.1:4000/callback', fixed, fixed]) {
    const page = await open(ada, authorization(appOf(ID, uri)).path)
    expect([uri, page.status, page.text.includes(new URL(uri).host)]).toEqual([uri, 200, true])
    expect((await decide(ada, page)).href.startsWith(`${uri}?code=`)).toBe(true)
  }
})

describe('what is refused', () => {
  const endings: (() => void | Promise<void>)[] = []
  let scene: Scene
  let good: Host
  beforeAll(async () => {
    scene = await start('handler', (end) => endings.push(end))
    good = { ...scene.host }
  })
  beforeEach(() => {
    Object.assign(scene.host, good)
    scene.instance.advance(minutes(11)) // nothing is kept or counted
  })
  afterAll(async () => {
    for (const end of endings.toReversed()) await end()
  })

  test.each([
    ['no https', 'http://notes.example/client.json'],
    ['no path', 'https://notes.example/'],
    ['a fragment', `${ID}#x`],
    ['a query', `${ID}?x=1`],
    ['a user', 'https://ada@notes.example/client.json'],
    ['dot segments', 'https://notes.example/a/../client.json'],
    ['an encoded dot segment', 'https://notes.example/%2e%2e/client.json'],
    ['upper case', 'https://NOTES.example/client.json'],
    ['the default port', 'https://notes.example:443/client.json'],
    ['a Unicode host', 'https://nötes.example/client.json'],
    ['a backslash', 'https://notes.example\\client.json'],
    ['300 letters', `https://notes.example/${'x'.repeat(300)}`],
  ])('a client id with %s is not read', async (_name, clientId) => {
    const { instance, host } = scene
    host.document = { ...host.document, client_id: clientId }
    const reply = await instance.client().get(authorization(appOf(clientId)).path, HTML)
    expect([reply.status, locationOf(reply), host.requests]).toEqual([400, '', 0])
  })

  test.each([
    ['another client_id', { client_id: 'https://notes.example/other.json' }],
    ['no client_id', { client_id: undefined }],
    ['a secret', { client_secret: 'x' }],
    ['the expiry of a secret', { client_secret_expires_at: 0 }],
    ['an authentication with a secret', { token_endpoint_auth_method: 'client_secret_post' }],
    ['an authentication that we do not know', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['a redirect to another host (impostor)', { redirect_uris: ['https://evil.example/callback'] }],
    ['a redirect to a host below it', { redirect_uris: ['https://x.notes.example/callback'] }],
    ['a redirect to another port', { redirect_uris: ['https://notes.example:8443/callback'] }],
    ['a redirect that only begins with its host', { redirect_uris: ['https://notes.example.evil.example/callback'] }],
    ['a redirect with a script', { redirect_uris: ['javascript:alert(1)'] }],
    ['no redirect', { redirect_uris: [] }],
    ['a redirect that is not in a list', { redirect_uris: { 0: CALLBACK } }],
    ['an invisible name', { client_name: '\u202eNotes' }],
    ['other grants only', { grant_types: ['client_credentials'] }],
  ])('a document with %s is refused, and the app developer is told why', async (_name, wrong) => {
    const { instance, host } = scene
    host.document = { ...host.document, ...wrong }
    const { redirect_uris: uris } = host.document
    const uri = Array.isArray(uris) ? String(uris[0] ?? CALLBACK) : CALLBACK
    const reply = await instance.client().get(authorization(appOf(ID, uri)).path)
    expect([reply.status, reply.body.code, locationOf(reply)]).toEqual([400, 'authorization_refused', ''])
    expect(reply.body.detail).toContain(ID)
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ['a redirect', (response) => response.writeHead(302, { location: ID }).end()],
    ['404', (response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{}')],
    ['HTML', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{}')],
    ['no JSON', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
    ['a list', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]')],
    ['null', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('null')],
    [
      'more than 5 KB',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`${' '.repeat(6_000)}{}`),
    ],
    ['nothing', (response) => response.destroy()],
    [
      'half of it, slowly',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('a host that answers with %s gives no client, and is asked again', async (_name, answer) => {
    const { instance, host } = scene
    const good = host.answer
    host.answer = answer
    const reply = await instance.client().get(authorization(appOf()).path)
    expect([reply.status, reply.body.code, locationOf(reply)]).toEqual([400, 'authorization_refused', ''])
    host.answer = good // an error is not kept
    expect((await instance.client().get(authorization(appOf()).path, HTML)).status).toBe(303)
  })
})

test('SSRF: documents at private addresses are refused without a connection, all with the same words (ASVS 1.3.6)', async () => {
  const instance = await startInstance('handler', { oauth: OAUTH, scopes: SCOPES })
  onTestFinished(() => instance.close())
  let reached = 0
  const { port } = new URL(await listen((_, response) => response.end(String(reached++))))
  const details = new Set<string>()
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    '169.254.169.254',
    '10.0.0.1',
    'nothing.invalid',
  ]) {
    const id = `https://${host}/client.json`
    const reply = await instance.client().get(authorization(appOf(id)).path)
    expect([host, reply.status, reply.body.code]).toEqual([host, 400, 'authorization_refused'])
    details.add(reply.body.detail.replace(id, ''))
  }
  expect([reached, details.size]).toEqual([0, 1])
})

test('requests for one document are one request, and one network causes at most a hundred in ten minutes', async () => {
  const { instance, host } = await start()
  const ask = (clientId: string) => instance.client().get(authorization(appOf(clientId)).path)
  await Promise.all([ask(ID), ask(ID), ask(ID), ask(ID)])
  expect(host.requests).toBe(1)
  for (let index = 4; index < 100; index++) await ask(`https://notes.example/${index}.json`)
  const refused = await ask('https://notes.example/last.json')
  expect([refused.status, host.requests]).toEqual([429, 97])
  expect((await instance.client().get(authorization(appOf()).path, HTML)).status).toBe(303) // a kept one still works
  const pushed = await call(instance.client(), '/auth/oauth/par', appOf('https://notes.example/x.json'), {
    scope: 'read',
  })
  expect([pushed.status, host.requests]).toEqual([429, 97])
})

test('a pushed request of such an app works, a wrong one is invalid_client, and other endpoints read no document', async () => {
  const { instance, host } = await start()
  const ada = await register(instance)
  const request = authorization(appOf())
  const pushedFields = Object.fromEntries(new URL(`http://x${request.path}`).searchParams)
  const pushed = await call(instance.client(), '/auth/oauth/par', appOf(), pushedFields)
  expect(pushed.status).toBe(201)
  const { request_uri } = pushed.body
  const page = await open(ada, `/auth/oauth/authorize?${new URLSearchParams({ client_id: ID, request_uri })}`)
  const code = (await decide(ada, page)).searchParams.get('code') ?? ''
  const { body } = await exchange(instance.client(), appOf(), code, request)
  expect(await statusOf(instance, body.access_token)).toBe(204)
  host.document = { ...host.document, client_secret: 'x' }
  instance.advance(minutes(11))
  const refused = await call(instance.client(), '/auth/oauth/par', appOf(), pushedFields)
  expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
  const before = host.requests
  for (const path of ['token', 'introspect', 'revoke', 'device']) {
    const other = appOf('https://notes.example/other.json')
    const fields = { grant_type: 'refresh_token', refresh_token: 'lkf_x', token: 'lko_x', scope: 'openid' }
    const reply = await call(instance.client(), `/auth/oauth/${path}`, other, fields)
    expect([path, reply.body.error, host.requests]).toEqual([path, 'invalid_client', before])
  }
  const device = await call(instance.client(), '/auth/oauth/device', appOf(), { scope: 'openid' })
  expect(device.body.error).toBe('invalid_request') // codes of devices are for registered apps
})

test('scopes that the service does not have, or the document does not name, are not given', async () => {
  const { instance, host } = await start()
  const ada = await register(instance)
  host.document = { ...host.document, scope: 'openid read admin' }
  const reply = await ada.get(authorization(appOf(), { scope: 'openid write' }).path, HTML)
  expect(new URL(locationOf(reply)).searchParams.get('error')).toBe('invalid_scope')
  const page = await open(ada, authorization(appOf(), { scope: 'openid read admin' }).path)
  expect([page.text.includes('“read”'), page.text.includes('admin')]).toEqual([true, false])
})

test('an operator deletes such an app, which ends its tokens, and cannot change what its document says', async () => {
  const { instance } = await start()
  const ada = await register(instance)
  const request = authorization(appOf())
  const { body } = await exchange(instance.client(), appOf(), await allow(ada, request), request)
  const { oauthClients } = instance.auth
  expect(await oauthClients.list()).toMatchObject([{ id: ID, isPublic: true, isFirstParty: false }])
  await expect(oauthClients.update(ID, { isFirstParty: true })).rejects.toMatchObject({ code: 'not_found' })
  await expect(oauthClients.rotateSecret(ID)).rejects.toMatchObject({ code: 'not_found' })
  await oauthClients.delete(ID)
  expect(await statusOf(instance, body.access_token)).toBe(401)
  expect((await ada.get('/auth/grants')).body.grants).toEqual([])
})

test('off by default: a URL is an unknown client, nothing is read, and the description does not offer it', async () => {
  let reached = 0
  const fetchDocument = async () => {
    reached++
    return new Response('{}')
  }
  for (const [oauth, isOffered] of [
    [{}, undefined],
    [OAUTH, true],
  ] as const) {
    const instance = await startInstance('handler', { oauth, scopes: SCOPES }, { ...SMALL_COST, fetchDocument })
    onTestFinished(() => instance.close())
    const { body } = await instance.client().get('/auth/.well-known/openid-configuration')
    expect(body.client_id_metadata_document_supported).toBe(isOffered)
    const reply = await instance.client().get(authorization(appOf()).path)
    expect([reply.status, reached]).toEqual([400, isOffered ? 1 : 0])
  }
})
