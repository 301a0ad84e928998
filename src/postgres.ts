import './kernel/supported-node.ts'

export { type PostgresOptions, postgres } from './storage/sql/postgres.ts'
