/* The requests of the benchmark: GET /me and the login. Every subject gets the same, but for path and cookie. */
import { type Answer, fetchOnce } from './http-connection.ts'

/** The password of every user. */
export const PASSWORD = 'correct horse battery'

/** The address of a user; they are numbered from 0. */
export function emailOf(user: number): string {
  return `user-${user}@example.com`
}

/** GET /me with the cookies of a session. */
export function getMe(cookie: string): string {
  return `GET /me HTTP/1.1\r\nHost: localhost:3000\r\nAccept: application/json\r\nCookie: ${cookie}\r\n\r\n`
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
