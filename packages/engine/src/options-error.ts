/** What is wrong with the options; nothing was started. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}
