/*
 * Registering where addresses have to be verified first. Nobody learns from it who has an account: a new address, a taken
 * one and one that is kept for somebody get the same answer after the same work, one password hash above all, and use an
 * invitation up alike. What differs goes by mail. Proved by test/http/email.test.ts, registration.test.ts and timing.test.ts.
 */
import type { Told } from '../audit/tell.ts'
import type { PasswordHash } from '../crypto/password-hasher.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Note } from '../kernel/event.ts'
import type { User } from '../kernel/principal.ts'
import { Refusal } from '../kernel/refusal.ts'
import { newOneTimeToken } from '../mail/one-time-token.ts'
import type { OneTimeToken } from '../mail/store.ts'
import { takeMailBudget } from '../throttle/other-tries.ts'
import { type AcceptedUser, type CreateUserDeps, storeUser } from './create-user.ts'
import { newVerification, type VerificationDeps } from './request-verification.ts'

/** A user who may be made. */
export interface Admitted {
  readonly accepted: AcceptedUser
  readonly invitation: OneTimeToken | undefined
}

type Deps = CreateUserDeps & VerificationDeps

/**
 * Makes a user without a session and mails the link that verifies the address, or tells the owner of the account that there is.
 * @returns null, as `register` does.
 * @throws token_invalid when the invitation was used meanwhile; overloaded, unavailable.
 */
export async function registerUnverified(deps: Deps, admitted: Admitted, note: Note): Promise<null> {
  const { email, password } = admitted.accepted
  const taken = await deps.users.findTaken([email], deps.clock())
  const passwordHash = await deps.hasher.hash(password)
  const isStored = taken.length === 0 && (await store(deps, { ...admitted, passwordHash }, note))
  if (!isStored) await tellOwner(deps, admitted, note)
  return null
}

/** False when somebody took the address at the same moment. */
async function store(
  deps: Deps,
  { accepted, invitation, passwordHash }: Admitted & { readonly passwordHash: PasswordHash },
  note: Note,
): Promise<boolean> {
  try {
    await storeUser(
      deps,
      { ...accepted, passwordHash },
      {
        note,
        async extras(user) {
          const { record, told } = await writeVerification(deps, user, note)
          return { verification: record, invitation, told }
        },
      },
    )
    return true
  } catch (error) {
    if (error instanceof Refusal && error.code === 'email_taken') return false
    throw error
  }
}

async function tellOwner(deps: Deps, { accepted, invitation }: Admitted, note: Note): Promise<void> {
  const { record, told } = await writeToOwner(deps, accepted.email, note)
  if (invitation === undefined) return deps.tokens.issue([record], () => told)
  const isExchanged = await deps.tokens.exchange(invitation, [record], () => told)
  if (!isExchanged) throw new Refusal('token_invalid', { reason: 'used meanwhile' })
}

/** A token and what is told with it. */
interface Letter {
  readonly record: OneTimeToken
  readonly told: Told
}

async function writeToOwner(deps: Deps, email: EmailAddress, note: Note): Promise<Letter> {
  const owner = await deps.users.findByEmail(email)
  const isEnabled = owner !== null && owner.disabledAt === null
  if (isEnabled && !owner.emailVerified) return writeVerification(deps, owner, note)
  const mayMail = await takeMailBudget(deps.throttle, 'account_exists', email)
  const nobody = writeToNobody(deps)
  if (!mayMail || !isEnabled) return nobody
  const content = accountExists(deps)
  return { ...nobody, told: { events: [], mails: deps.mail.write({ to: email, userId: owner.id, content }) } }
}

async function writeVerification(deps: Deps, user: User, note: Note): Promise<Letter> {
  const verification = await newVerification(deps, user)
  if (verification === null) return writeToNobody(deps)
  const { record, mails } = verification
  return { record, told: { events: [note({ type: 'email.verification_requested', userId: user.id })], mails } }
}

/** A token that nobody learns and a mail to nobody: they cost what others do. */
function writeToNobody(deps: Deps): Letter {
  const { record } = newOneTimeToken(deps.clock, { purpose: 'email_verify', userId: null, email: null })
  return { record, told: { events: [], mails: deps.mail.writeNone(accountExists(deps)) } }
}

function accountExists({ links }: Deps) {
  return { kind: 'account_exists', loginLink: links.login, resetLink: links.forgotPassword } as const
}
