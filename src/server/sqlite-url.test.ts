import { describe, expect, test } from 'vitest'
import { sqlite } from '../sqlite.ts'
import { parseSqliteUrl } from './sqlite-url.ts'

describe('the URL of a SQLite file', () => {
  test.each([
    ['sqlite:app.db', '/srv/app.db'],
    ['sqlite:./data/app.db', '/srv/data/app.db'],
    ['sqlite:../app.db', '/app.db'],
    ['sqlite:/var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:/app.db', '/app.db'],
    ['sqlite://app.db', '/srv/app.db'],
    ['sqlite://data/app.db', '/srv/data/app.db'],
    ['sqlite:///var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:////var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:data/app.db \n', '/srv/data/app.db'],
    ['sqlite:/srv/50%.db', '/srv/50%.db'],
    ['sqlite:my app~1 (copy).db', '/srv/my app~1 (copy).db'],
    ['sqlite::memory:', ':memory:'],
    ['sqlite://:memory:', ':memory:'],
  ])('%s is %s', (url, path) => {
    expect(parseSqliteUrl(url, '/srv')).toBe(path)
  })

  test.each([
    'sqlite:',
    'sqlite://',
    'sqlite:data/',
    'sqlite:///app.db',
    'sqlite:////app.db',
    'sqlite:app.db?mode=ro',
    'sqlite:///var/lib/app.db?cache=shared&mode=rwc',
    'sqlite:app.db#x',
    'sqlite:///./app.db', // of FastAPI's tutorial: relative to the working directory
    'sqlite:///../data/app.db',
    'sqlite:////./app.db',
    'sqlite:%2Fvar%2Flib%2Fapp.db',
    'sqlite:my%20app.db',
    'sqlite:file:app.db',
    'sqlite:~/app.db',
    'sqlite://~/app.db',
    'sqlite:$HOME/app.db',
    'sqlite:"app.db"',
    'sqlite: app.db',
    'sqlite:app.db;cache=shared',
  ])('%s is refused with correct forms, and creates no file', (url) => {
    expect(() => parseSqliteUrl(url, '/srv')).toThrow(/DATABASE_URL .*sqlite:app\.db/)
  })

  test.each(['sqlite:app.db', 'file:app.db', 'app.db?mode=ro', 'app.db;cache=shared'])(
    'sqlite(%j) refuses a URL in place of a path',
    (url) => {
      expect(() => sqlite(url)).toThrow(/must be the path of a file/)
    },
  )
})
