export { type SqliteOptions, sqlite } from './storage/sql/sqlite.ts'
