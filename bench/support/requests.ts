/*
 * The requests of the benchmark: GET /me and the login. All subjects receive the same requests, except for path and
 * cookie.
 */
import { type Answer, fetchOnce } from './http-connection.ts'

/** The password of every user. */
export const PASSWORD = 'correct horse battery'

/** Returns the email address of a user; users are numbered from 0. */
export function emailOf(user: number): string {
  return `user-${user}@example.com`
}

/** Returns GET /me with the cookies of a session, or with an access token if `proof` begins with `Bearer`. */
export function getMe(proof: string): string {
  const header = proof.startsWith('Bearer ') ? 'Authorization' : 'Cookie'
  return `GET /me HTTP/1.1\r\nHost: localhost:3000\r\nAccept: application/json\r\n${header}: ${proof}\r\n\r\n`
}

/** Returns a POST of email and password. */
export function postLogin(path: string, user: number): string {
  const body = JSON.stringify({ email: emailOf(user), password: PASSWORD })
  return `POST ${path} HTTP/1.1\r\nHost: localhost:3000\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/**
 * Logs a user in. Checks that GET /me returns the user with the cookie, and is refused without it.
 * @returns the value of the Cookie header.
 */
export async function logIn(port: number, path: string, user = 0): Promise<string> {
  const answer = await fetchOnce(port, postLogin(path, user))
  if (answer.status !== 200) throw new Error(`The login at ${path} returns ${answer.status}: ${answer.body}`)
  const cookie = readCookies(answer)
  await checkMe(port, cookie, user)
  return cookie
}

/** Creates an access token with the session. Checks that GET /me with the token returns its user. */
export async function makeAccessToken(port: number, cookie: string, user = 0): Promise<string> {
  const body = '{"name":"bench","scopes":[]}'
  const head = `POST /auth/tokens HTTP/1.1\r\nHost: localhost:3000\r\nCookie: ${cookie}\r\nContent-Type: application/json`
  const answer = await fetchOnce(port, `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  if (answer.status !== 201) throw new Error(`POST /auth/tokens gives ${answer.status}: ${answer.body}`)
  const proof = `Bearer ${(JSON.parse(answer.body) as { token: string }).token}`
  await checkMe(port, proof, user)
  return proof
}

/**
 * Sends GET /me with the cookie.
 * @throws Error unless the response names the user.
 */
export async function checkMe(port: number, cookie: string, user: number): Promise<void> {
  const answer = await fetchOnce(port, getMe(cookie))
  const expected = JSON.stringify({ email: emailOf(user) })
  if (answer.status !== 200 || answer.body !== expected) {
    throw new Error(`GET /me gives ${answer.status} ${answer.body}, not ${expected}`)
  }
}

/**
 * Sends GET /me with the cookie.
 * @throws Error unless the response is 401.
 */
export async function checkRefusal(port: number, cookie: string): Promise<void> {
  const { status } = await fetchOnce(port, getMe(cookie))
  if (status !== 401) throw new Error(`GET /me without a session returns ${status}, not 401`)
}

/** Returns the cookies of an answer as the value of a Cookie header. */
export function readCookies({ head }: Answer): string {
  const cookies = [...head.matchAll(/\r\nset-cookie: *([^;\r]*)/gi)].map((match) => match[1])
  return cookies.join('; ')
}
