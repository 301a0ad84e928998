import type { Note } from '../kernel/event.ts'
import type { Principal, User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { beginLogin, completeLogin, proveStep } from '../login/login-attempt.ts'
import { type IssuedSession, newSession } from '../sessions/new-session.ts'
import type { SessionDeps } from '../sessions/start-session.ts'
import { withRegisterTry } from '../throttle/other-tries.ts'
import type { Attempt, Throttle } from '../throttle/throttle.ts'
import { type CreateUserDeps, type CreateUserInput, createUser } from './create-user.ts'

/** Whether people may register themselves. */
export type Registration = 'open' | 'closed'

/** What registering works with. */
export interface RegisterDeps extends CreateUserDeps, SessionDeps {
  readonly registration: Registration
  readonly throttle: Throttle
}

/** Who registers, from where, and the session that the new one takes the place of. */
export interface RegisterInput extends CreateUserInput {
  readonly attempt: Attempt
  readonly replaces: Principal | null
}

/**
 * Makes a user and their first session, in one transaction.
 * @throws registration_closed, validation_failed, email_taken, too_many_requests.
 */
export async function register(
  deps: RegisterDeps,
  input: RegisterInput,
  note: Note,
): Promise<IssuedSession & { readonly user: User }> {
  if (deps.registration === 'closed') throw new Refusal('registration_closed')
  return withRegisterTry(deps.throttle, input.attempt, () => createAccount(deps, input, note))
}

async function createAccount(
  deps: RegisterDeps,
  { attempt: { client }, replaces, ...input }: RegisterInput,
  note: Note,
): Promise<IssuedSession & { readonly user: User }> {
  let issued: IssuedSession | undefined
  const user = await createUser(deps, input, {
    note,
    replaces: replaces?.session ?? null,
    startSession(newUser) {
      // Whoever sets the password has proven to know it.
      const attempt = proveStep(beginLogin({ userId: newUser.id, securityEpoch: 0 }), 'password')
      const session = newSession(deps, { login: completeLogin(attempt), remember: false, client })
      issued = session
      return session.record
    },
    tell(newUser) {
      const started = issued?.session
      const ended = replaces?.session
      return {
        events: [
          ...(started === undefined
            ? []
            : [note({ type: 'login.succeeded', userId: newUser.id, sessionId: started.id, methods: started.methods })]),
          ...(ended === undefined
            ? []
            : [note({ type: 'session.revoked', userId: ended.userId, sessionId: ended.id })]),
        ],
      }
    },
  })
  if (issued === undefined) throw new Error('createUser asked for no session')
  if (replaces !== null) deps.cache.evictSession(replaces.session)
  return { ...issued, user }
}
