import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualClock } from '@ramal/core'
import { sqliteStore } from '@ramal/store-sqlite'
import { folderMediaStore, type RamalOptions } from '../src/index.js'
import { type Desk, openDesk, T0 } from './desk.js'
import { hashOfFile, type Meta, openMeta } from './meta.js'

export const PICTURE = Buffer.from('\x89PNG\r\n\x1a\n the bytes of a picture')

export const picture = (id: string, media: string, more: object = {}) => ({
  from: '15550111',
  id,
  timestamp: String(T0 / 1000),
  type: 'image',
  image: { id: media, mime_type: 'image/png', sha256: hashOfFile(PICTURE), caption: 'look', ...more },
})

export interface Bench {
  readonly desk: Desk
  readonly meta: Meta
  readonly facts: (type: string) => Promise<readonly Record<string, unknown>[]>
  /** The only conversation. */
  readonly conversation: () => Promise<string>
  /** Where the files are. */
  readonly folder: string
}

/** An engine on a file, files in a folder, and a provider behind real HTTP. */
export const withBench = async (
  use: (bench: Bench) => Promise<void>,
  { keepFor, ...options }: Partial<RamalOptions> & { readonly keepFor?: number } = {},
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ramal-media-'))
  const meta = await openMeta()
  meta.files.set('77', { bytes: PICTURE, mimeType: 'image/png' })
  const store = await sqliteStore(join(folder, 'log.db'))
  const clock = virtualClock(T0)
  const kept = join(folder, 'files')
  const media = { store: folderMediaStore(kept), ...(keepFor === undefined ? {} : { keepFor }) }
  const desk = await openDesk({ store, clock, media, channels: [meta.channel(clock)], ...options })
  // The desk moves the clock that it was given.
  const moved: Desk = {
    ...desk,
    clock,
    advance: (ms) => clock.advanceTo(clock.now() + ms, () => desk.ramal.settled()),
  }
  try {
    await use({
      desk: moved,
      meta,
      folder: kept,
      facts: async (type) =>
        (await desk.log()).flatMap((e) => (e.type === type ? [e.data as Record<string, unknown>] : [])),
      conversation: async () =>
        (await desk.log())
          .find(({ type }) => type === 'ConversationOpened')!
          .stream.slice('conversation-'.length),
    })
  } finally {
    await desk.ramal.stop()
    await store.close()
    await meta.close()
    await rm(folder, { recursive: true })
  }
}
