/** What a table says of a word from outside; nothing for what every object has, such as `constructor`. */
export const lookup = <V>(table: Readonly<Record<string, V>>, word: string | undefined): V | undefined =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined
