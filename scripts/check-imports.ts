/*
 * The import rules of DESIGN section 4:
 * adapters, server, cli -> latchkey.ts -> http -> routes -> actions -> store interfaces <- storage,
 * with kernel and crypto under everything. No cycle, not even of types; none between rooms either. The picture of the
 * rooms in docs/architecture.md must be up to date.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser'
import { findProblems, toHouse } from './house.ts'
import { readImports } from './read-imports.ts'
import { ARCHITECTURE_PAGE, isWritten } from './write-architecture.ts'

/** Rooms, and the rooms that each may import besides itself, kernel and crypto. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  kernel: [],
  crypto: [],
  pages: [],
  audit: ['pages', 'sessions'],
  mail: [],
  throttle: [],
  'one-time-tokens': [],
  sessions: ['pages'],
  'access-tokens': ['pages', 'sessions', 'throttle'],
  passwords: ['audit', 'mail', 'one-time-tokens', 'pages', 'sessions', 'throttle'],
  accounts: ['audit', 'invitations', 'mail', 'one-time-tokens', 'pages', 'passwords', 'sessions', 'throttle'],
  login: ['accounts', 'audit', 'mail', 'pages', 'passwords', 'sessions', 'throttle'],
  invitations: ['mail', 'one-time-tokens'],
  registration: ['accounts', 'login', 'mail', 'one-time-tokens', 'pages', 'passwords', 'sessions', 'throttle'],
  access: [],
  factors: ['accounts', 'audit', 'login', 'mail', 'pages', 'passwords', 'registration', 'sessions', 'throttle'],
  providers: [
    'accounts',
    'audit',
    'factors',
    'login',
    'mail',
    'one-time-tokens',
    'pages',
    'passwords',
    'registration',
    'sessions',
    'signing-keys',
    'throttle',
  ],
  'signing-keys': [],
  oauth: ['pages', 'sessions', 'signing-keys', 'throttle'],
  authentication: ['access-tokens', 'oauth', 'sessions'],
  http: ['authentication', 'pages', 'sessions'],
  'forward-auth': ['http', 'sessions', 'signing-keys'],
  storage: [
    'access-tokens',
    'accounts',
    'audit',
    'factors',
    'login',
    'mail',
    'oauth',
    'one-time-tokens',
    'passwords',
    'providers',
    'sessions',
    'signing-keys',
    'throttle',
  ],
  // Collections derived from the parts of each room. Only rooms above all features may import them.
  catalogue: [
    'access',
    'access-tokens',
    'accounts',
    'audit',
    'factors',
    'authentication',
    'forward-auth',
    'http',
    'invitations',
    'login',
    'mail',
    'oauth',
    'one-time-tokens',
    'pages',
    'passwords',
    'providers',
    'registration',
    'sessions',
    'signing-keys',
    'throttle',
  ],
  options: [
    'access-tokens',
    'accounts',
    'audit',
    'factors',
    'catalogue',
    'forward-auth',
    'http',
    'login',
    'mail',
    'oauth',
    'pages',
    'passwords',
    'providers',
    'registration',
    'sessions',
    'storage',
    'throttle',
  ],
  adapters: ['authentication', 'http', 'options'],
  client: ['catalogue'],
  react: ['client'],
  server: ['adapters', 'catalogue', 'http', 'mail', 'options', 'storage'],
  testing: ['catalogue', 'factors', 'mail', 'options', 'providers', 'storage', 'throttle'],
  cli: [
    'access-tokens',
    'accounts',
    'audit',
    'catalogue',
    'factors',
    'oauth',
    'options',
    'pages',
    'providers',
    'server',
    'sessions',
    'storage',
    'testing',
  ],
}
/** Rooms that may import the composition root and the options. */
const ABOVE_THE_ROOT = ['adapters', 'testing', 'server', 'cli']
const WITHOUT_CRYPTO = ['kernel', 'client', 'react']
/** With fewer modules than this, the parser has missed sources. */
const LEAST_MODULES = 80

const rooms = Object.keys(MAY_IMPORT)
const betweenRooms: IForbiddenRuleType[] = rooms.flatMap((room) => {
  const allowed = [room, 'kernel', ...(WITHOUT_CRYPTO.includes(room) ? [] : ['crypto']), ...(MAY_IMPORT[room] ?? [])]
  const root = ABOVE_THE_ROOT.includes(room) ? '|(?:latchkey|instance)\\.ts$' : ''
  const rule = (name: string, from: IForbiddenRuleType['from'], more: string): IForbiddenRuleType => ({
    name,
    severity: 'error',
    from,
    to: { path: '^src/', pathNot: `^src/(?:(?:${allowed.join('|')})/${more})` },
  })
  const feature = `^src/${room}/[a-z/-]*feature\\.ts$`
  return [
    rule(`${room}-imports-only-what-is-below`, { path: `^src/${room}/`, pathNot: `${feature}|\\.test\\.ts$` }, root),
    rule(`the-feature-of-${room}-gets-the-core`, { path: feature }, '|core\\.ts$'),
  ]
})

const forbidden: IForbiddenRuleType[] = [
  ...betweenRooms,
  { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'actions-know-no-http',
    comment: 'Actions must not know Request, Response, cookies or routes',
    severity: 'error',
    from: {
      path: '^src/(?:access-tokens|accounts|audit|factors|invitations|login|mail|one-time-tokens|passwords|providers|registration|sessions|throttle)/',
      pathNot:
        '(?:routes?|pages?|feature|(?:device|attempt|trusted|passkey|provider|registrant)-cookie|guarded-fetch|login-answer|login-ways|marks|identity-section|render-html|\\.test)\\.ts$',
    },
    to: { path: '^src/kernel/route\\.ts$|^node_modules/hono|^(?:node:)?http$' },
  },
  {
    name: 'sql-stays-in-storage',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/storage/|\\.test\\.ts$' },
    to: { path: '^node_modules/kysely|^(?:node:)?sqlite$' },
  },
  {
    name: 'the-client-is-by-itself',
    comment: 'The client runs in browsers: it may import types of the server, and no packages',
    severity: 'error',
    from: { path: '^src/client(?:/|\\.ts$)', pathNot: '\\.test\\.ts$' },
    to: { pathNot: '^src/client/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'the-hooks-know-react-only',
    comment: 'The client must come as an argument',
    severity: 'error',
    from: { path: '^src/react(?:/|\\.ts$)', pathNot: '\\.test\\.ts$' },
    to: { pathNot: '^src/react/|node_modules/(?:@types/)?react/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'frameworks-bring-types-only',
    comment: 'Adapters must use the copy of the framework that the application installed',
    severity: 'error',
    from: { path: '^src/adapters/' },
    to: { path: 'node_modules/(?:@types/)?(?:express|fastify|hono|koa)/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'entries-are-imported-by-nobody',
    severity: 'error',
    from: { path: '^src/[^/]+/', pathNot: '\\.test\\.ts$' },
    to: {
      path: '^src/(?:index|node|express|fastify|hono|koa|sqlite|postgres|redis|smtp|config|providers|client|react|testing)\\.ts$',
    },
  },
  {
    name: 'no-test-code-in-the-product',
    severity: 'error',
    from: { path: '^src/', pathNot: '\\.test\\.ts$' },
    to: { path: '\\.test\\.ts$|^(?:test|bench|scripts)/' },
  },
  { name: 'no-unresolved', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
]

const { modules: own, violations } = await readImports(forbidden)
const edges = own.flatMap(({ dependencies }) => dependencies)
const problems = [
  ...violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
  ...findProblems(toHouse(own)),
  ...(isWritten(own) ? [] : [`${ARCHITECTURE_PAGE} is out of date: run npm run write`]),
]
if (own.length < LEAST_MODULES || edges.length < own.length) {
  problems.push('The parser sees too few modules or imports, so the rules check nothing')
}

for (const problem of problems) console.error(problem)
console.log(`${own.length} modules, ${edges.length} imports, ${violations.length} forbidden`)
if (problems.length > 0) process.exitCode = 1
