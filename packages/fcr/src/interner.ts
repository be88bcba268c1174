/** Texts as small numbers, from 1 in order of appearance. 0 stands for nothing: what is unknown or empty. */
export interface Interner {
  of(text: string | undefined): number
  /** The number of a text that is known, otherwise 0. */
  find(text: string): number
  name(number: number): string
  readonly size: number
}

export const interner = (): Interner => {
  const numbers = new Map<string, number>()
  const names: string[] = ['']
  return {
    of(text) {
      if (text === undefined || text === '') return 0
      const number = numbers.get(text)
      if (number !== undefined) return number
      numbers.set(text, names.length)
      names.push(text)
      return names.length - 1
    },
    find: (text) => numbers.get(text) ?? 0,
    name: (number) => names[number] ?? '',
    get size() {
      return names.length - 1
    },
  }
}
