/** The process of one bench: runs it and sends its figures to `main.ts`. */
import { benches } from './benches.js'
import { judge } from './harness.js'
import type { Message } from './main.js'

const [name = '', mode] = process.argv.slice(2)

const send = (message: Message): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!process.send) throw new Error('Start dist/main.js instead: this is the process of one bench.')
    process.send(message, undefined, undefined, (error) => (error ? reject(error) : resolve()))
  })

// Whoever asked is gone.
process.on('disconnect', () => process.exit(1))

const load = benches[name]
if (!load) throw new Error(`There is no bench "${name}".`)
const { bench } = await load()
await send({ about: bench.description })
await bench.run({
  quick: mode === 'quick',
  log: (text) => console.error(`    ${text}`),
  // Judged here, so that a wrong figure throws where the bench reports it.
  figure: (figure) => void send({ line: judge(bench.name, figure) }),
})
await send({ done: true })
// What a bench left open must not keep it from ending.
process.exit(0)
