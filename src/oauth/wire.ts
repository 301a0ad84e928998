import { defineCalls, json } from '../kernel/define-calls.ts'

/** What you allowed an app to do. */
export interface GrantJson {
  readonly id: string
  readonly client: { readonly id: string; readonly name: string }
  readonly scopes: readonly string[]
  readonly createdAt: string
  /** Accurate to a minute. Null: the app never used it. */
  readonly lastUsedAt: string | null
}

/** The part of apps in `GET /user/export`. */
export interface GrantExportJson {
  readonly grants: readonly GrantJson[]
}

/** An app that asks for access, as the person who decides needs to know it. */
export interface ConsentJson {
  readonly client: {
    readonly id: string
    readonly name: string
    /** True: the app belongs to the service. */
    readonly isFirstParty: boolean
  }
  /** The host that gets the answer, or the scheme of an app on the same device. */
  readonly redirectHost: string
  /** Every scope that the app asks for. */
  readonly scopes: readonly string[]
  /** The scopes of these that are not allowed yet. */
  readonly newScopes: readonly string[]
  /** The URLs of the other APIs that the access is for. Empty: this service. */
  readonly resources: readonly string[]
  /** When the access ends at the latest. Null: with your session. */
  readonly accessEndsAt: string | null
}

/** Query of `GET /oauth/consent`. */
export interface ConsentQuery {
  /** The parameter `request` of the consent page. */
  readonly request?: string | undefined
}

/** Body of `POST /oauth/consent`. */
export interface DecideConsentBody {
  /** The parameter `request` of the consent page. */
  readonly request: string
  readonly decision: 'allow' | 'deny'
}

/** A device that asks for access, as the person who decides needs to know it. */
export interface DeviceJson {
  readonly client: ConsentJson['client']
  /** The code as the device shows it: the person compares them. */
  readonly userCode: string
  /** Every scope that the device asks for. */
  readonly scopes: readonly string[]
  /** The scopes of these that are not allowed yet. */
  readonly newScopes: readonly string[]
  /** The URLs of the other APIs that the access is for. Empty: this service. */
  readonly resources: readonly string[]
  /** When the access ends at the latest. Null: with your session. */
  readonly accessEndsAt: string | null
}

/** Query of `GET /device`. */
export interface DeviceQuery {
  /** The code that the device shows. */
  readonly user_code?: string | undefined
}

/** Body of `POST /device`. */
export interface DecideDeviceBody {
  /** The code that the device shows. */
  readonly userCode: string
  readonly decision: 'allow' | 'deny'
}

/** The calls about what apps may do. */
export const oauthCalls = defineCalls({
  'GET /grants': { name: 'grants.list', access: 'session', answer: json<GrantExportJson>() },
  'DELETE /grants/{id}': { name: 'grants.revoke', access: 'session', answer: null },
  'GET /oauth/consent': {
    name: 'consent.get',
    access: 'session',
    query: json<ConsentQuery>(),
    answer: json<ConsentJson>(),
    refusals: ['consent_ended'],
  },
  'POST /oauth/consent': {
    name: 'consent.decide',
    access: 'session',
    body: json<DecideConsentBody>(),
    answer: json<{ readonly location: string }>(),
    refusals: ['consent_ended'],
  },
  'GET /device': {
    name: 'device.get',
    access: 'session',
    query: json<DeviceQuery>(),
    answer: json<DeviceJson>(),
    refusals: ['device_code_ended', 'too_many_requests'],
  },
  'POST /device': {
    name: 'device.decide',
    access: 'session',
    body: json<DecideDeviceBody>(),
    answer: null,
    refusals: ['device_code_ended', 'too_many_requests'],
  },
})
