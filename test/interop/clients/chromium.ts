/* Chromium, on a page of the origin. Lines in: a command and an origin; lines out: the body of the answer. */
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../../support/chromium.ts'

const [, , profile = ''] = process.argv
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: CHROMIUM,
  args: [...CHROMIUM_ARGUMENTS],
})
const page = await browser.newPage()

function logIn(remember: boolean): Promise<string> {
  return page.evaluate(async (remember) => {
    const answer = await fetch('/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery', remember }),
    })
    return answer.text()
  }, remember)
}

function showUser(): Promise<string> {
  return page.evaluate(async () => {
    const answer = await fetch('/auth/user')
    return answer.text()
  })
}

function logOut(): Promise<string> {
  return page.evaluate(async () => {
    const answer = await fetch('/auth/logout', { method: 'POST' })
    return answer.text()
  })
}

const commands: Record<string, () => Promise<string>> = {
  login: () => logIn(false),
  remember: () => logIn(true),
  user: showUser,
  logout: logOut,
}
for await (const line of createInterface(process.stdin)) {
  const [command = '', origin = ''] = line.split(' ')
  try {
    await page.goto(origin)
    console.log(await commands[command]?.())
  } catch (error) {
    console.log(String(error).split('\n')[0])
  }
}
await browser.close()
