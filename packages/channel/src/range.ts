/** The part of a file that a `Range` asks for; `none` for one that the file does not have. Players ask for parts. */
export const rangeOf = (
  header: string | null,
  size: number,
): { readonly from: number; readonly to: number } | 'all' | 'none' => {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'all'
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  return from < to ? { from, to } : 'none'
}
