/* The requests of the benchmark: GET /me and the login. Every subject gets the same, but for path and cookie. */
import { type Answer, fetchOnce } from './http-connection.ts'

/** The password of every user. */
export const PASSWORD = 'correct horse battery'

/** The address of a user; they are numbered from 0. */
export function emailOf(user: number): string {
  return `user-${user}@example.com`
}

/** GET /me with the cookies of a session, or with `Bearer` and an access token. */
export function getMe(proof: string): string {
  const header = proof.startsWith('Bearer ') ? 'Authorization' : 'Cookie'
  return `GET /me HTTP/1.1\r\nHost: localhost:3000\r\nAccept: application/json\r\n${header}: ${proof}\r\n\r\n`
}

/** POST of email and password. */
export function postLogin(path: string, user: number): string {
  const body = JSON.stringify({ email: emailOf(user), password: PASSWORD })
  return `POST ${path} HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/**
 * Logs a user in, and proves that GET /me then tells who it is and without cookie refuses.
 * @returns the value of the Cookie header.
 */
export async function logIn(port: number, path: string, user = 0): Promise<string> {
  const answer = await fetchOnce(port, postLogin(path, user))
  if (answer.status !== 200) throw new Error(`The login at ${path} gives ${answer.status}: ${answer.body}`)
  const cookie = readCookies(answer)
  await checkMe(port, cookie, user)
  return cookie
}

/** Makes an access token in the session, and proves that GET /me with it tells whose it is. */
export async function makeAccessToken(port: number, cookie: string, user = 0): Promise<string> {
  const body = '{"name":"bench","scopes":[]}'
  const head = `POST /auth/tokens HTTP/1.1\r\nHost: localhost:3000\r\nCookie: ${cookie}\r\nContent-Type: application/json`
  const answer = await fetchOnce(port, `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  if (answer.status !== 201) throw new Error(`POST /auth/tokens gives ${answer.status}: ${answer.body}`)
  const proof = `Bearer ${(JSON.parse(answer.body) as { token: string }).token}`
  await checkMe(port, proof, user)
  return proof
}

/** @throws Error unless GET /me with the cookie names the user. */
export async function checkMe(port: number, cookie: string, user: number): Promise<void> {
  const answer = await fetchOnce(port, getMe(cookie))
  const expected = JSON.stringify({ email: emailOf(user) })
  if (answer.status !== 200 || answer.body !== expected) {
    throw new Error(`GET /me gives ${answer.status} ${answer.body}, not ${expected}`)
  }
}

/** @throws Error unless GET /me with this cookie is refused with 401. */
export async function checkRefusal(port: number, cookie: string): Promise<void> {
  const { status } = await fetchOnce(port, getMe(cookie))
  if (status !== 401) throw new Error(`GET /me without a session gives ${status}, not 401`)
}

function readCookies({ head }: Answer): string {
  const cookies = [...head.matchAll(/\r\nset-cookie: *([^;\r]*)/gi)].map((match) => match[1])
  return cookies.join('; ')
}
