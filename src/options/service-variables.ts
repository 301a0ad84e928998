/*
 * Variables that Kubernetes and Docker set for services called `latchkey` or `latchkey-...`. They have names such as
 * LATCHKEY_PORT, and are not settings. Both the name and the value must have the form that these programs write, so that
 * a mistyped setting is still refused.
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
import { isIpAddress } from '../kernel/ip-address.ts'

const PROTOCOL = /^(?:tcp|udp|sctp)$/
const PORT = /^\d{1,5}$/
const PORT_NAME = /^(?:_[A-Z0-9_]{1,63})?$/
const ADDRESS = /^(?:tcp|udp|sctp):\/\/(\S{1,100}):\d{1,5}$/
const CONTAINER = /^\/[^/]+\/[^/]+$/
const PREFIX = 'LATCHKEY'
const SERVICE_PORT = '_SERVICE_PORT'

/** Ends of names, each with a test of the value. */
const FORMS: readonly (readonly [end: RegExp, isValue: (value: string) => boolean])[] = [
  [/_SERVICE_HOST$/, isIpAddress],
  [/_PORT$/, isServiceAddress],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)(?:_START|_END)?$/, isServiceAddress],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PROTO$/, (value) => PROTOCOL.test(value)],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_PORT(?:_START|_END)?$/, (value) => PORT.test(value)],
  [/_PORT_\d{1,5}_(?:TCP|UDP|SCTP)_ADDR$/, isIpAddress],
  [/_NAME$/, (value) => CONTAINER.test(value)],
]

/** Returns true for a variable that Kubernetes or Docker made of a service. */
export function isServiceVariable(
  name: string,
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!name.startsWith(`${PREFIX}_`)) return false
  const afterPort = name.split(SERVICE_PORT).at(-1) ?? ''
  if (name.includes(SERVICE_PORT) && PORT_NAME.test(afterPort) && PORT.test(value)) return true
  if (FORMS.some(([end, isValue]) => end.test(name) && isValue(value))) return true
  // Docker copies the variables of a linked container, whose link has a name.
  const [link = '', copied] = name.split('_ENV_')
  return copied !== undefined && CONTAINER.test(environment[`${link}_NAME`] ?? '')
}

/**
 * Returns true if a variable with the name of a setting was made of a service: LATCHKEY_METRICS_PORT of `latchkey-metrics`,
 * LATCHKEY_SITE_NAME of a container linked as `latchkey-site`. No other setting shares its name with such a variable, so a
 * wrong value of it is refused.
 */
export function replacesSetting(
  name: string,
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!name.startsWith(`${PREFIX}_`)) return false
  if (name.endsWith('_PORT')) return isServiceAddress(value)
  const [link, rest] = name.split(/_NAME$/)
  return rest === '' && CONTAINER.test(value) && isServiceAddress(environment[`${link}_PORT`] ?? '')
}

/** Returns true for the address of a service, such as `tcp://10.0.0.1:3000`. */
function isServiceAddress(value: string): boolean {
  const [, host = ''] = ADDRESS.exec(value) ?? []
  return isIpAddress(host.replace(/^\[|\]$/g, ''))
}
