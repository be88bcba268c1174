import * as E from 'fp-ts/lib/Either.js'

/** What is wrong with the options; nothing was started. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/** What was checked, or what is wrong with it, a line each. @throws OptionsError */
export const accepted = <A>(
  what: string,
  checked: E.Either<{ readonly faults: readonly string[] }, A>,
): A => {
  if (E.isRight(checked)) return checked.right
  throw new OptionsError(`${what}:\n${checked.left.faults.map((fault) => `  ${fault}`).join('\n')}`)
}
