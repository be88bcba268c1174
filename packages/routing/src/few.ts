/** One for all that are empty: most tickets never have an offer or a refusal for long, and what is shared takes no room. */
const NOTHING = new Map<string, never>()

export const none = <V>(): ReadonlyMap<string, V> => NOTHING

/** With one more, or another of the same name. For maps of a few. */
export const put = <V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> =>
  new Map(map).set(key, value)

/** Without the one of this name. */
export const without = <V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> => {
  if (!map.has(key)) return map
  if (map.size === 1) return NOTHING
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
