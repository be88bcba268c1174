/** What every channel of Twilio needs. */
export interface TwilioAccount {
  readonly accountSid: string
  /** Signs webhooks and calls the API. Two while one replaces the other; the first calls. */
  readonly authToken: string | readonly string[]
  /**
   * Where Twilio posts: the public address of this adapter, without a query. Part of every signature, and never
   * taken from the request.
   */
  readonly publicUrl: string
  /** Default `https://api.twilio.com`. */
  readonly origin?: string
}

/** The tokens, the one that calls first. @throws TypeError when something is missing */
export const checkAccount = ({
  accountSid,
  authToken,
  publicUrl,
}: TwilioAccount): readonly [string, ...string[]] => {
  const [first, ...others] = [authToken].flat()
  if (!first || !accountSid) throw new TypeError('twilio needs accountSid and authToken: see its console.')
  if (!URL.canParse(publicUrl) || publicUrl.includes('?'))
    throw new TypeError('twilio needs publicUrl: the https address that it posts to, without a query.')
  return [first, ...others]
}
