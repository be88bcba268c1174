const HIDDEN = '[secret]'

/** Takes secrets out of a text that people or logs will see: as they are and as an address carries them. */
export const redact = (text: string, secrets: readonly string[]): string => {
  let out = text
  for (const secret of secrets)
    if (secret.length > 0)
      for (const form of new Set([secret, encodeURIComponent(secret)])) out = out.replaceAll(form, HIDDEN)
  return out
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`)
    .replaceAll(/\b(access_token|auth_?token|api_?key|password|appsecret_proof)=[^&\s"]+/gi, `$1=${HIDDEN}`)
}
