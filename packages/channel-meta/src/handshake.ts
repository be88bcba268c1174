import { equalsInConstantTime, type RawRequest, type Reply } from '@ramal/channel'

const plain = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

/**
 * Answers the GET by which Meta checks that an address is ours: the challenge, as text, when the token is the
 * one we agreed on, else 403. Undefined for every other request.
 */
export const answerHandshake = (request: RawRequest, verifyToken: string): Reply | undefined => {
  if (request.method !== 'GET') return undefined
  const query = new URLSearchParams(request.url.split('#')[0]?.split('?').slice(1).join('?') ?? '')
  const challenge = query.get('hub.challenge')
  const isOurs =
    query.get('hub.mode') === 'subscribe' &&
    equalsInConstantTime(query.get('hub.verify_token') ?? '', verifyToken)
  if (!isOurs || !challenge || challenge.length > 1000) return { status: 403, headers: plain }
  return { status: 200, headers: plain, body: challenge }
}
