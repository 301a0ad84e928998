import { randomBytes } from 'node:crypto'
import { signJwt } from '../../crypto/sign-jwt.ts'
import type { SigningKey } from '../../crypto/signing-key.ts'
import { SECOND_MS } from '../../kernel/clock.ts'
import type { OAuthLogin } from './store.ts'

const LIFETIME_SECONDS = 120
const ID_BYTES = 16
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Returns the message that tells an app that a session is over (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
export function signLogoutToken(
  key: Pick<SigningKey, 'publicJwk' | 'sign'>,
  { sessionId, clientId, userId }: OAuthLogin,
  { authUrl, now }: { readonly authUrl: string; readonly now: number },
): string {
  const iat = Math.floor(now / SECOND_MS)
  return signJwt(key, 'logout+jwt', {
    iss: authUrl,
    aud: clientId,
    sub: userId,
    sid: sessionId,
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: randomBytes(ID_BYTES).toString('base64url'),
    events: { [EVENT]: {} },
  })
}
