import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChannelAdapter } from '../adapter.js'

export interface FolderReport {
  readonly files: number
  readonly events: number
  readonly byKind: ReadonlyMap<string, number>
  /** Each with the file and what it calls itself. */
  readonly unrecognised: readonly string[]
  /** Files of which nothing was reported: no event, and not kept either. */
  readonly lost: readonly string[]
  readonly exceptions: readonly string[]
}

/** Decodes every file of a folder as the body of a webhook: for recorded payloads. */
export const decodeFolder = (adapter: Pick<ChannelAdapter, 'decode'>, folder: string): FolderReport => {
  const byKind = new Map<string, number>()
  const unrecognised: string[] = []
  const lost: string[] = []
  const exceptions: string[] = []
  let events = 0
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
  for (const name of files) {
    const body = readFileSync(join(folder, name))
    try {
      const request = { method: 'POST', url: '/', headers: new Headers(), body }
      const reported = adapter.decode(request, 0)
      JSON.stringify(reported)
      events += reported.length
      if (reported.length === 0) lost.push(name)
      for (const event of reported) {
        byKind.set(event.kind, (byKind.get(event.kind) ?? 0) + 1)
        if (event.kind === 'unrecognised')
          unrecognised.push(`${name}: ${event.type}${event.reason ? ` (${event.reason})` : ''}`)
        if (event.kind === 'message' && event.content.kind === 'unrecognised')
          unrecognised.push(`${name}: content ${event.content.type}`)
      }
    } catch (error) {
      exceptions.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }
  return { files: files.length, events, byKind, unrecognised, lost, exceptions }
}

export const printFolder = (folder: string, report: FolderReport): void => {
  const { files, events, byKind, unrecognised, lost, exceptions } = report
  console.log(`${folder}: ${files} files, ${events} events`)
  for (const [kind, count] of [...byKind].sort()) console.log(`  ${String(count).padStart(5)} ${kind}`)
  for (const line of unrecognised) console.log(`  kept as it is: ${line}`)
  for (const line of lost) console.log(`  no event: ${line}`)
  for (const line of exceptions) console.log(`  EXCEPTION: ${line}`)
  console.log(`  exceptions: ${exceptions.length}, without an event: ${lost.length}`)
}
