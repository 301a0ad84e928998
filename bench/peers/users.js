/* Parts that the peers share: their users, and the verification of passwords. They hash with Latchkey's costs. */
import { hash, verify } from '@node-rs/argon2'
import { emailOf, PASSWORD } from '../support/requests.ts'

/** The minimum that OWASP recommends for argon2id, which is Latchkey's default: 19 MiB, two passes, one lane. */
const COSTS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The secret with which peers sign or seal; the code that fills their stores signs with it too. */
export { PEER_SECRET } from '../support/peer-cookies.ts'

export const hashPassword = (password) => hash(password, COSTS)

export const verifyPassword = (known, password) => verify(known, password)

/** Creates users in memory, for peers without a database: their login runs no query, which is in their favour. */
export async function createUsers(count) {
  const passwordHash = count === 0 ? '' : await hashPassword(PASSWORD)
  const users = new Map()
  for (let number = 0; number < count; number++) {
    const email = emailOf(number)
    users.set(email, { id: String(number), email, passwordHash })
  }
  return {
    find: async (email) => users.get(email) ?? null,
  }
}

/** Returns the user with this email and password, or null. */
export async function provePassword(users, { email, password }) {
  const user = await users.find(email)
  return user !== null && (await verifyPassword(user.passwordHash, password)) ? user : null
}
