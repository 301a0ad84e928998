/* docs/integrations.md: its settings for bundlers and its command for Jest, in a project that installed the package. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { installInto, run } from './projects.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/integrations.md'), 'utf8')
const project = join(inject('folder'), 'integrations')

/** Its server part has a native module and optional packages. */
const SERVER = `
import { createLatchkey } from 'latchkey'
import { sqlite } from 'latchkey/sqlite'
const start = async () => {
  const auth = await createLatchkey({ baseUrl: 'http://localhost:3000', storage: sqlite(':memory:'), mailer: async () => {} })
  const user = await auth.users.create({ email: 'ada@example.com', password: 'correct horse battery' })
  console.log('created', user.email)
  await auth.close()
}
start()
`
const JEST_TEST = `
import { createTestKit } from 'latchkey/testing'
test('a user logs in', async () => {
  const kit = await createTestKit()
  const { user, cookie } = await kit.logIn()
  const headers = { cookie }
  expect((await kit.auth.require(new Request('http://localhost:3000/me', { headers }))).user.id).toBe(user.id)
  await kit.close()
})
`

/** For each row of the page, a program that writes the bundle to out/<name>. `SETTING` stands for the setting of the page. */
const BUILDERS: Readonly<Record<string, string>> = {
  'Vite (SSR)': `
    import { build } from 'vite'
    await build({ logLevel: 'error', SETTING, build: { ssr: 'server.js', outDir: 'out/vite', emptyOutDir: false } })`,
  webpack: `
    import webpack from 'webpack'
    const base = { mode: 'production', entry: './server.js', SETTING }
    const path = process.cwd() + '/out/webpack'
    const outputs = [
      { output: { path, filename: 'server.cjs' } },
      { experiments: { outputModule: true }, output: { path, filename: 'server.mjs', module: true } },
    ]
    for (const output of outputs)
      await new Promise((resolve) =>
        webpack({ ...base, ...output }, (error, stats) => {
          if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString())
          resolve()
        }),
      )`,
  'Rolldown, Rollup': `
    import { rolldown } from 'rolldown'
    const bundle = await rolldown({ input: 'server.js', SETTING })
    await bundle.write({ file: 'out/rolldown/server.js' })`,
}
const BUNDLES = [
  'esbuild/server.js',
  'vite/server.js',
  'webpack/server.cjs',
  'webpack/server.mjs',
  'rolldown/server.js',
]

function settingOf(bundler: string): string {
  const row = PAGE.split('\n').find((line) => line.startsWith(`| ${bundler} |`))
  return row?.split('`')[1] ?? ''
}

beforeAll(async () => {
  await installInto(project, [inject('tarball'), 'esbuild', 'jest', 'rolldown', 'vite', 'webpack'])
  writeFileSync(join(project, 'server.js'), SERVER)
  writeFileSync(
    join(project, 'browser.js'),
    "import { createClient } from 'latchkey/client'\ncreateClient({ baseUrl: 'http://localhost:3000' })\n",
  )
  writeFileSync(join(project, 'login.test.js'), JEST_TEST)
})

describe('bundlers', () => {
  test('servers are bundled with the settings of the page, and start', async () => {
    const flags = settingOf('esbuild').split(' ')
    const esbuild = ['npx', 'esbuild', 'server.js', '--bundle', '--format=esm', '--outfile=out/esbuild/server.js']
    expect(await run(project, [...esbuild, ...flags])).toMatchObject({ code: 0 })
    for (const [bundler, program] of Object.entries(BUILDERS)) {
      expect([bundler, settingOf(bundler)]).toEqual([bundler, expect.stringContaining('latchkey')])
      writeFileSync(join(project, 'build.js'), program.replace('SETTING', settingOf(bundler)))
      expect([bundler, await run(project, [process.execPath, 'build.js'])]).toMatchObject([bundler, { code: 0 }])
    }
    for (const bundle of BUNDLES) {
      const { code, out } = await run(project, [process.execPath, `out/${bundle}`])
      expect([bundle, code, out]).toEqual([bundle, 0, 'created ada@example.com\n'])
    }
  })

  test('the client is bundled for browsers without a setting', async () => {
    const flags = ['--bundle', '--format=esm', '--platform=browser', '--outfile=out/browser.js']
    expect(await run(project, ['npx', 'esbuild', 'browser.js', ...flags])).toMatchObject({ code: 0 })
  })
})

test('Jest runs latchkey/testing with the command of the page', async () => {
  const [, command = ''] = /```sh\n(NODE_OPTIONS=.*)\n```/.exec(PAGE) ?? []
  const { code, err } = await run(project, ['sh', '-c', command])
  expect([code, err]).toEqual([0, expect.stringContaining('✓ a user logs in')])
})
