// Looks at every package that is published as a user would get it: packs it and checks what is in the tarball.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

let faults = 0
for (const name of readdirSync('packages')) {
  const pkgDir = join('packages', name)
  const manifest = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8'))
  if (manifest.private) continue
  const { messages } = await publint({ pkgDir, strict: true, pack: 'pnpm' })
  console.log(`${messages.length === 0 ? 'ok  ' : 'FAIL'} ${manifest.name}`)
  for (const message of messages) console.log(`     ${message.type}: ${formatMessage(message, manifest)}`)
  faults += messages.length
}
process.exitCode = faults > 0 ? 1 : 0
