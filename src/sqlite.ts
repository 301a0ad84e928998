import './kernel/supported-node.ts'

export { type SqliteOptions, sqlite } from './storage/sql/sqlite.ts'
