import { type RawRequest, type Refusal, verifyHmac } from '@ramal/channel'
import type { Either } from 'fp-ts/lib/Either.js'

/**
 * Checks `X-Hub-Signature-256`: the HMAC-SHA256 of the raw body under the app's secret. The older SHA-1 header
 * is not looked at. Meta signs its own escaped form of the text, so only the bytes as received will do.
 */
export const verifySignature = (
  request: RawRequest,
  appSecret: string | readonly string[],
  maxBytes?: number,
): Either<Refusal, void> =>
  verifyHmac(request, {
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    algorithm: 'sha256',
    encoding: 'hex',
    secrets: typeof appSecret === 'string' ? [appSecret] : appSecret,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  })
