import { afterAll, beforeAll, inject } from 'vitest'
import { postgres } from '../../src/postgres.ts'
import { createDatabase, dropDatabase } from '../support/postgres-server.ts'
import { describeStorageContract } from './contract.ts'

let url: string
beforeAll(async () => {
  url = await createDatabase(inject('databaseServer'))
})
afterAll(() => dropDatabase(url))

describeStorageContract('PostgreSQL', () => postgres(url).open())
