/**
 * Decodes every file of the given folders as a webhook of Messenger, or of Instagram after `--instagram`, and
 * prints what came of it. Ends with 1 when anything threw.
 *
 *     node packages/channel-messenger/dist/check-fixtures.js <folder> ... --instagram <folder> ...
 */
import { decodeFolder, printFolder } from '@ramal/channel/conformance'
import { decode } from './decode.js'
import { instagramPlatform, messengerPlatform } from './platform.js'

let platform = messengerPlatform
let folders = 0
for (const argument of process.argv.slice(2)) {
  if (argument === '--instagram') {
    platform = instagramPlatform
    continue
  }
  const report = decodeFolder({ decode: (request, at) => decode(request, at, platform) }, argument)
  printFolder(argument, report)
  folders++
  if (report.exceptions.length > 0) process.exitCode = 1
}
if (folders === 0) {
  console.error('Name the folders that hold the payloads, one webhook body a file.')
  process.exitCode = 2
}
