/**
 * Decodes recorded webhooks, and checks recorded signatures of Twilio. Every folder is named `sms-PROVIDER`,
 * `twilio-sms` or `twilio-signature`; others are passed over. Prints what came of it, and ends with 1 when anything
 * threw, was lost, or had a signature that is judged wrongly.
 *
 *     node packages/channel-sms/dist/check-fixtures.js FOLDER
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFolder, printFolder } from '@ramal/channel/conformance'
import { verifyTwilio } from '@ramal/channel-twilio'
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith, type Provider } from './adapter.js'
import { decodeAfricasTalking } from './africas-talking.js'
import { decodeBandwidth } from './bandwidth.js'
import { decodeInfobip } from './infobip.js'
import { decodeJasmin } from './jasmin.js'
import { decodeKannel } from './kannel.js'
import { lookup } from './lookup.js'
import { decodeMessageBird } from './messagebird.js'
import { decodePlivo } from './plivo.js'
import { reporter } from './report.js'
import { decodeTwilio } from './twilio-decode.js'
import { decodeVonage } from './vonage.js'
import { decodeZenvia } from './zenvia.js'

const decoders: Readonly<Record<string, Provider['decode']>> = {
  'twilio-sms': decodeTwilio,
  'sms-africastalking': decodeAfricasTalking,
  'sms-bandwidth': decodeBandwidth,
  'sms-infobip': decodeInfobip,
  'sms-jasmin': decodeJasmin,
  'sms-kannel': decodeKannel,
  'sms-messagebird': decodeMessageBird,
  'sms-plivo': decodePlivo,
  'sms-vonage': ({ parameters, at }, report) => decodeVonage(parameters.record, at, report),
  'sms-zenvia': decodeZenvia,
}

interface SignatureCase {
  readonly url: string
  readonly authToken: string
  readonly signature: string
  readonly valid: boolean
  readonly params?: Readonly<Record<string, string>> | readonly (readonly [string, string])[]
  readonly body?: string
}

const isJudgedRightly = ({ url, authToken, signature, valid, params, body }: SignatureCase): boolean => {
  const pairs = (Array.isArray(params) ? params : Object.entries(params ?? {})) as [string, string][]
  const type = body === undefined ? 'application/x-www-form-urlencoded' : 'application/json'
  const [address = '', query = ''] = url.split(/\?(.*)/s)
  const request = {
    method: 'POST',
    url: `/?${query}`,
    headers: new Headers({ 'content-type': type, 'x-twilio-signature': signature }),
    body: Buffer.from(body ?? new URLSearchParams(pairs).toString()),
  }
  return E.isRight(verifyTwilio(request, address, [authToken])) === valid
}

const checkSignatures = (folder: string): void => {
  for (const file of readdirSync(folder)) {
    const recorded: SignatureCase = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const right = isJudgedRightly(recorded)
    console.log(`  ${right ? 'ok' : 'WRONG'}: ${file} is ${recorded.valid ? 'signed' : 'not signed'}`)
    if (!right) process.exitCode = 1
  }
}

const [root] = process.argv.slice(2)
if (root === undefined) {
  console.error('Name the folder that holds the folders of recorded webhooks.')
  process.exitCode = 2
} else
  for (const name of readdirSync(root).sort()) {
    const folder = join(root, name)
    if (name === 'twilio-signature') {
      console.log(`${folder}:`)
      checkSignatures(folder)
    }
    const decode = lookup(decoders, name)
    if (!decode) continue
    const provider = { name: name.replace(/^sms-|-sms$/g, ''), decode }
    const report = decodeFolder(
      { decode: (request, at) => decodeWith(provider, reporter(provider.name, []), request, at) },
      folder,
    )
    printFolder(folder, report)
    if (report.exceptions.length + report.lost.length > 0) process.exitCode = 1
  }
