/*
 * An authenticator in software, for tests: it creates passkeys and answers challenges as a browser does. It has no user: it
 * verifies everyone, at once. Written from WebAuthn Level 3, section 6 and 7, independent of the library that verifies.
 */
import { hash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type {
  AssertionJson,
  CreationOptionsJson,
  RegistrationJson,
  RequestOptionsJson,
} from '../factors/passkeys/wire.ts'
import { acceptConfiguration, booleanSchema, strictMembers } from '../kernel/arguments.ts'
import { type AuthenticatorKey, newAuthenticatorKey, type PasskeyAlgorithm } from './authenticator-keys.ts'
import { encodeCbor } from './encode-cbor.ts'

/** What an authenticator does other than a well-behaved one, to test that the service refuses it. */
export interface CeremonyOverrides {
  /** The origin of the page. Default: that of the authenticator. */
  readonly origin?: string
  /** Default: `webauthn.create` or `webauthn.get`. */
  readonly type?: string
  /** Default: the challenge of the options. */
  readonly challenge?: string
  /** Default: the RP ID of the options. */
  readonly rpId?: string
  /** True if the page is in a frame of another origin. Default false. */
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  /** Default true. */
  readonly userVerified?: boolean
  readonly userHandle?: string | null
  /** Default: the next one. */
  readonly counter?: number
  /** Default: random. */
  readonly credentialId?: Uint8Array
}

/** Properties of an authenticator. */
export interface AuthenticatorOptions {
  /** The origin of the pages that use it. Default `http://localhost:3000`. */
  readonly origin?: string
  /** Default ES256 (-7). */
  readonly algorithm?: PasskeyAlgorithm
  /** True: passkeys are synced to other devices, and their counter stays 0. Default true. */
  readonly syncs?: boolean
}

/** An authenticator with the passkeys that it created. */
export interface SoftwareAuthenticator {
  /** Creates a passkey, as `navigator.credentials.create` does. Throws Error if it has one of `excludeCredentials`. */
  create(options: CreationOptionsJson, overrides?: CeremonyOverrides): RegistrationJson
  /** Answers a challenge, as `navigator.credentials.get` does. Throws Error if it has no passkey that fits. */
  get(options: RequestOptionsJson, overrides?: CeremonyOverrides): AssertionJson
}

interface Held {
  readonly id: Buffer
  readonly rpId: string
  readonly userHandle: string
  readonly key: AuthenticatorKey
  counter: number
}

const ID_BYTES = 16
/** The AAGUID of an authenticator that does not tell its model. */
const NO_MODEL = Buffer.alloc(16)
const [USER_PRESENT, USER_VERIFIED, MAY_SYNC, IS_SYNCED, HAS_CREDENTIAL] = [0x01, 0x04, 0x08, 0x10, 0x40] as const

const textSchema = z.string('must be a text').optional()
const optionsSchema = strictMembers(
  {
    origin: textSchema,
    algorithm: z.literal([-8, -7, -257], 'must be -8 (EdDSA), -7 (ES256) or -257 (RS256)').optional(),
    syncs: booleanSchema.optional(),
  },
  'option',
)
const overridesSchema = strictMembers({
  origin: textSchema,
  type: textSchema,
  challenge: textSchema,
  rpId: textSchema,
  crossOrigin: booleanSchema.optional(),
  topOrigin: textSchema,
  userVerified: booleanSchema.optional(),
  userHandle: z.string('must be a text or null').nullish(),
  counter: z.int('must be a whole number').min(0, 'must be a whole number').optional(),
  credentialId: z.instanceof(Uint8Array, { error: 'must be bytes' }).optional(),
})

/**
 * Creates an authenticator without passkeys.
 * @throws ConfigurationError if an option is wrong, and so do its functions.
 */
export function createAuthenticator(options: AuthenticatorOptions = {}): SoftwareAuthenticator {
  const accepted = acceptConfiguration('createAuthenticator', optionsSchema, options)
  const { origin = 'http://localhost:3000', algorithm = -7, syncs = true } = accepted
  const held: Held[] = []
  const baseFlags = USER_PRESENT | (syncs ? MAY_SYNC | IS_SYNCED : 0)
  return {
    create({ challenge, rp, user, excludeCredentials }, overrides = {}) {
      acceptConfiguration('create', overridesSchema, overrides)
      if (excludeCredentials.some(({ id }) => held.some((each) => textOf(each) === id))) {
        throw new Error('InvalidStateError: the authenticator has a passkey of this account')
      }
      const { credentialId = randomBytes(ID_BYTES), rpId = rp.id, counter = 0 } = overrides
      const passkey = { id: Buffer.from(credentialId), rpId: rp.id, userHandle: user.id, counter }
      const key = newAuthenticatorKey(algorithm)
      held.push({ ...passkey, key })
      const flags = baseFlags | HAS_CREDENTIAL | flagOf(overrides)
      const authData = Buffer.concat([header(rpId, flags, counter), credentialData(passkey.id, key.cose)])
      const clientData = writeClientData({ type: 'webauthn.create', challenge, origin }, overrides)
      return {
        ...envelopeOf(passkey),
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: attestationObject(authData).toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      }
    },

    get({ challenge, rpId: wanted, allowCredentials }, overrides = {}) {
      acceptConfiguration('get', overridesSchema, overrides)
      const isAllowed = (each: Held): boolean =>
        allowCredentials.length === 0 || allowCredentials.some(({ id }) => id === textOf(each))
      const passkey = held.findLast((each) => each.rpId === wanted && isAllowed(each))
      if (passkey === undefined) throw new Error('NotAllowedError: the authenticator has no such passkey')
      if (!syncs) passkey.counter += 1
      const { rpId = wanted, counter = passkey.counter, userHandle = passkey.userHandle } = overrides
      const clientData = writeClientData({ type: 'webauthn.get', challenge, origin }, overrides)
      const authData = header(rpId, baseFlags | flagOf(overrides), counter)
      const signature = passkey.key.sign(Buffer.concat([authData, hash('sha256', clientData, 'buffer')]))
      return {
        ...envelopeOf(passkey),
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle,
        },
      }
    },
  }
}

function textOf({ id }: Pick<Held, 'id'>): string {
  return id.toString('base64url')
}

function envelopeOf(passkey: Pick<Held, 'id'>): Pick<AssertionJson, 'id' | 'rawId' | 'type'> {
  return { id: textOf(passkey), rawId: textOf(passkey), type: 'public-key' }
}

function flagOf({ userVerified = true }: CeremonyOverrides): number {
  return userVerified ? USER_VERIFIED : 0
}

function writeClientData(
  usual: { readonly type: string; readonly challenge: string; readonly origin: string },
  { type = usual.type, challenge = usual.challenge, origin = usual.origin, ...overrides }: CeremonyOverrides,
): Buffer {
  const { crossOrigin = false, topOrigin } = overrides // JSON leaves out what is undefined
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin, topOrigin }))
}

function header(rpId: string, flags: number, counter: number): Buffer {
  const rest = Buffer.alloc(5)
  rest.writeUInt8(flags)
  rest.writeUInt32BE(counter, 1)
  return Buffer.concat([hash('sha256', rpId, 'buffer'), rest])
}

function credentialData(id: Buffer, cose: Buffer): Buffer {
  const idLength = Buffer.alloc(2)
  idLength.writeUInt16BE(id.length)
  return Buffer.concat([NO_MODEL, idLength, id, cose])
}

function attestationObject(authData: Buffer): Buffer {
  return encodeCbor(
    new Map<string, string | Buffer | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]),
  )
}
