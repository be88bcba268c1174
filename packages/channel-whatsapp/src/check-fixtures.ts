/**
 * Decodes every file of the given folders as a webhook of WhatsApp and prints what came of it. Ends with 1 when
 * anything threw.
 *
 *     node packages/channel-whatsapp/dist/check-fixtures.js <folder> ...
 */
import { decodeFolder, printFolder } from '@ramal/channel/conformance'
import { decode } from './decode.js'

const folders = process.argv.slice(2)
if (folders.length === 0) {
  console.error('Name the folders that hold the payloads, one webhook body a file.')
  process.exitCode = 2
}
for (const folder of folders) {
  const report = decodeFolder({ decode: (request, at) => decode(request, at, 'portfolio') }, folder)
  printFolder(folder, report)
  if (report.exceptions.length > 0) process.exitCode = 1
}
