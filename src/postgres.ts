export { type PostgresOptions, postgres } from './storage/sql/postgres.ts'
