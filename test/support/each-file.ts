/* Runs around each test file. Unit tests of a worker share its modules, so what a module of `support` keeps must be dropped here. */
import { afterAll } from 'vitest'
import { dropLentDatabases } from './lent-database.ts'

afterAll(dropLentDatabases)
