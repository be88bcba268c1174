import type { CommandContext, Metadata } from '@ramal/core'

/** Monday, 1 January 2024, 09:00 UTC: when tests begin, where they do not say. */
export const MORNING = 1_704_099_600_000

/** A context for commands that is the same in every run. Give each command that is to be another one its own id. */
export const fixedContext = (overrides: Partial<CommandContext> = {}): CommandContext => ({
  commandId: 'command-1',
  at: MORNING,
  tenant: 'test',
  ...overrides,
})

/** The metadata of the event `index` that a command with this context led to. */
export const fixedMetadata = (context: CommandContext, index: number): Omit<Metadata, 'schemaVersion'> => ({
  id: `${context.commandId}/${index}`,
  at: context.at,
  tenant: context.tenant,
  ...(context.actor === undefined ? {} : { actor: context.actor }),
  correlationId: context.correlationId ?? context.commandId,
  causationId: context.commandId,
})
