/** Where no listener is given, Node says it, as it does of its own warnings. */
export const warn = (error: unknown): void =>
  process.emitWarning(error instanceof Error ? error : JSON.stringify(error), 'RamalTrouble')
