/**
 * Thrown at the start if a setting, or an argument that configures something, is unknown or wrong. The message names the
 * setting, the problem and a correct value.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}
