/* fetch-cookie around undici's fetch. Lines in: a command and an origin; lines out: the body of the answer. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import makeFetchCookie from 'fetch-cookie'
import { fetch, type RequestInit } from 'undici'

const [, , file = ''] = process.argv
const { CookieJar } = makeFetchCookie.toughCookie
const jar = existsSync(file) ? CookieJar.fromJSON(readFileSync(file, 'utf8')) : new CookieJar()
const fetchWithCookies = makeFetchCookie(fetch, jar)

async function send(url: string, init?: RequestInit): Promise<string> {
  const answer = await fetchWithCookies(url, init)
  writeFileSync(file, JSON.stringify(jar))
  return answer.text()
}

function logIn(origin: string, remember: boolean): Promise<string> {
  return send(`${origin}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery', remember }),
  })
}

function showUser(origin: string): Promise<string> {
  return send(`${origin}/auth/user`)
}

function logOut(origin: string): Promise<string> {
  return send(`${origin}/auth/logout`, { method: 'POST' })
}

const commands: Record<string, (origin: string) => Promise<string>> = {
  login: (origin) => logIn(origin, false),
  remember: (origin) => logIn(origin, true),
  user: showUser,
  logout: logOut,
}
for await (const line of createInterface(process.stdin)) {
  const [command = '', origin = ''] = line.split(' ')
  console.log(await commands[command]?.(origin))
}
