import type { Core } from '../core.ts'
import { createSealer } from '../crypto/sealed-text.ts'
import { ConfigurationError } from '../kernel/configuration-error.ts'
import type { Feature } from '../kernel/feature.ts'
import { inBatches } from '../kernel/in-batches.ts'
import type { LoginStep, SecondFactors } from '../kernel/login-step.ts'
import { enrolmentRound } from '../login/step.ts'
import type { Pages } from '../pages/pages.ts'
import type { SessionSettings } from '../sessions/settings.ts'
import { factorPages } from './factor-pages.ts'
import { factorsJsonSchema, readFactors } from './factors-json.ts'
import { createRecoveryCodeHash } from './recovery-codes/recovery-code.ts'
import { recoveryCodeStep } from './recovery-codes/recovery-code-step.ts'
import { recoveryCodesPage } from './recovery-codes/recovery-codes-page.ts'
import { deviceAccess } from './remembered-devices/device-access.ts'
import { isRemembered, rememberDevice } from './remembered-devices/remembered-device.ts'
import { factorRoutes, totpRoutes } from './routes.ts'
import { factorSections } from './security-page.ts'
import { securityRoutes } from './security-routes.ts'
import type { FactorSettings, SecondFactorSettings } from './settings.ts'
import { totpStep } from './totp/totp-step.ts'

/** Settings of the factors. */
export interface FactorsOptions extends SecondFactorSettings {
  readonly factors: FactorSettings
  /** The name under which authenticator apps list an account. */
  readonly siteName: string
  /** The step `passkey`; null if passkeys are off. */
  readonly passkeyStep: LoginStep | null
  readonly sessionSettings: SessionSettings
  readonly pages: Pages
  /** Steps besides those of the factors. Default: none. */
  readonly moreSteps: readonly LoginStep[]
}

/** The feature of the factors, and what the login needs of it. */
export interface FactorsFeature extends Feature {
  readonly secondFactors: SecondFactors
  /** Returns whether the service has the secret that sealed a TOTP secret. */
  readonly opensTotp: (sealedSecret: string) => boolean
}

const NOTHING_TO_ENROL =
  'createLatchkey: secondFactor "required" needs a factor that users can set up: factors.totp and factors.passkeys are false'

/** Creates the feature of the factors besides the password: authenticator app, recovery codes, remembered devices. */
export function factors(
  core: Core,
  { secondFactor, passkeyStep, moreSteps, ...options }: FactorsOptions,
): FactorsFeature {
  const { stores, secrets } = core
  const deps = {
    ...core,
    ...stores,
    siteName: options.siteName,
    totpSealer: createSealer(secrets, 'totp'),
    recoveryCodeHash: createRecoveryCodeHash(secrets),
  }
  const isOn = secondFactor !== 'off'
  const hasTotp = isOn && options.factors.totp
  const isOffered = isOn && (hasTotp || passkeyStep !== null)
  const passkeySteps = passkeyStep === null ? [] : [passkeyStep]
  const others = [...(hasTotp ? [totpStep(deps)] : []), ...(isOffered ? [recoveryCodeStep(deps)] : []), ...moreSteps]
  const steps: readonly LoginStep[] = isOn ? [...passkeySteps, ...others] : others
  const isRequired = secondFactor === 'required'
  if (isRequired && enrolmentRound(steps).length === 0) throw new ConfigurationError(NOTHING_TO_ENROL)
  const secondFactors: SecondFactors = {
    steps,
    proofs: [...passkeySteps, ...others],
    isRequired,
    isRemembered: (owner, tokens) => isRemembered(deps, owner, tokens),
    remember: (owner, userAgent, stamp) => rememberDevice(deps, owner, userAgent, stamp),
  }
  return {
    name: 'factors',
    words: [...(hasTotp ? ['totp'] : []), ...(isOffered ? ['recovery-codes'] : [])],
    routes: [
      ...factorRoutes(deps),
      ...securityRoutes(deps, hasTotp),
      ...(hasTotp ? totpRoutes({ ...deps, sessionSettings: options.sessionSettings, secondFactors }) : []),
      ...(isRequired ? [recoveryCodesPage(options.pages)] : []),
    ],
    jobs: [
      {
        name: 'sweep expired remembered devices',
        every: 'sweep',
        run: () => inBatches((limit) => stores.rememberedDevices.sweep(core.clock(), limit)),
      },
    ],
    exports: {
      shape: { factors: factorsJsonSchema },
      collect: async (user) => ({ factors: await readFactors(deps, user) }),
    },
    access: deviceAccess(deps),
    securitySections: factorSections(deps, hasTotp),
    accountPages: hasTotp ? factorPages(deps) : [],
    opensTotp: (sealedSecret) => deps.totpSealer.open(sealedSecret) !== null,
    secondFactors,
  }
}
