/** A process with four racers, who all append to the stream that each message names, at the version that it names. */
import type { StreamName } from '@ramal/core'
import { postgresStore } from '../src/index.js'
import { event } from './events.js'

const [url = '', schema = ''] = process.argv.slice(2)
const store = await postgresStore({ url, schema })

process.on('message', async ({ stream, version }: { stream: StreamName; version: number }) => {
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() =>
      store.append([{ stream, expected: version < 0 ? 'empty' : { at: version }, events: [event()] }]),
    ),
  )
  process.send?.(answers.filter((answer) => answer._tag === 'Right').length)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
