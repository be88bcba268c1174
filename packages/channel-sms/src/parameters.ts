/** A file's or a gateway's time without a zone, such as `2017-05-03 06:04:45` or `20230727004929`: it is UTC. */
export const instantOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  const compact = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  const iso = compact
    ? `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}Z`
    : /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?$/.test(text)
      ? `${text.replace(' ', 'T')}Z`
      : text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')
  const at = Date.parse(iso)
  return Number.isNaN(at) || at < 0 ? undefined : at
}
