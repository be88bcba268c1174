/** For providers that want digits only. */
export const digitsOf = (number: string): string => number.replace(/^\+/, '')
