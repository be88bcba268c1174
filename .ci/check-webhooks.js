// Decodes a collection of recorded webhooks, one body a file, in a folder for each provider with an INDEX.tsv that
// says what each is (columns `file`, `channel`, `shape`), and prints what came of it. Ends with 1 when anything threw,
// when nothing was kept of a body, or when a shape that we know became another kind of event than it should.
//
//     pnpm build && node .ci/check-webhooks.js FOLDER
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const built = (name) => import(new URL(`../packages/${name}/dist/index.js`, import.meta.url).href)
const [sms, voice, meta, wa] = await Promise.all(
  ['channel-sms', 'channel-voice', 'channel-messenger', 'channel-whatsapp'].map(built),
)

const secret = 'not a secret, but long enough for one'
const origin = 'http://127.0.0.1:9'
const numbers = [{ id: '+15550100' }]
const graph = { appSecret: secret, verifyToken: secret, pages: [{ id: '1', accessToken: secret }] }
const shared = { numbers, webhookSecret: secret, origin, statusUrl: origin }
const twilio = { accountSid: 'AC1', authToken: secret, publicUrl: `${origin}/voice`, numbers }

const adapters = {
  whatsapp: wa.whatsapp({
    appSecret: secret,
    verifyToken: secret,
    accessToken: secret,
    numbers: [{ id: '1' }],
  }),
  messenger: meta.messenger(graph),
  instagram: meta.instagram(graph),
  'twilio-sms': sms.twilioSms(twilio),
  'twilio-voice': voice.twilioVoice({ ...twilio, webhookSecret: secret }),
  ari: voice.asterisk({ origin, user: 'u', password: secret, numbers }),
  'sms-africastalking': sms.africasTalkingSms({ ...shared, username: 'u', apiKey: secret }),
  'sms-bandwidth': sms.bandwidthSms({
    ...shared,
    accountId: '1',
    user: 'u',
    password: secret,
    applicationId: '1',
  }),
  'sms-infobip': sms.infobipSms({ ...shared, apiKey: secret }),
  'sms-jasmin': sms.jasminSms({ ...shared, username: 'u', password: secret }),
  'sms-kannel': sms.kannelSms({ ...shared, username: 'u', password: secret }),
  'sms-messagebird': sms.messageBirdSms({ ...shared, accessKey: secret }),
  'sms-plivo': sms.plivoSms({ ...shared, authId: '1', authToken: secret }),
  'sms-vonage': sms.vonageSms({ ...shared, apiKey: '1', apiSecret: secret }),
  'sms-zenvia': sms.zenviaSms({ ...shared, apiToken: secret }),
}

/** What a shape becomes, by the first rule that fits; or `unrecognised`, where its body lacks what it needs. */
const rules = {
  whatsapp: [
    [/^msg:reaction/, ['reaction']],
    [/^msg:edit/, ['messageEdited']],
    [/^(msg:revoke|.*echoes:revoke)/, ['messageRevoked']],
    [/^msg:system:user_changed/, ['identityChanged']],
    [/^msg:system/, ['identityChanged', 'identityLinked']],
    [/^msg:.*call_permission/, ['message', 'consent']],
    [/^msg:.*\+group/, ['groupMessage']],
    [/^msg:/, ['message']],
    [/^status:/, ['status']],
    [/^value-errors/, ['endpointHealth']],
    [/user_preferences/, ['consent']],
    [/message_echoes:text/, ['echo']],
    [/template/, ['templateChanged']],
    [/phone_number_quality/, ['endpointHealth']],
  ],
  messenger: [
    [/^message:deleted/, ['messageRevoked']],
    [/^(message:|postback)/, ['message']],
    [/^message_edit/, ['messageEdited']],
    [/^reaction/, ['reaction']],
    [/^echo/, ['echo']],
    // Instagram names the message that was read, and some deliveries name theirs.
    [/^read/, ['readCursor', 'status']],
    [/^delivery/, ['deliveryCursor', 'status']],
    [/(take|pass|request)_thread|^standby/, ['threadControl']],
  ],
  sms: [
    [/dlvrd/, ['status']],
    [/^inbound/, ['message', 'messagePart']],
    [/^status:/, ['status']],
  ],
}
const rulesOf = (channel) =>
  rules[channel === 'instagram' ? 'messenger' : /sms/.test(channel) ? 'sms' : channel] ?? []

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name the folder that holds INDEX.tsv.')
  process.exit(2)
}
const [head, ...rows] = readFileSync(join(folder, 'INDEX.tsv'), 'utf8').trimEnd().split('\n')
const columns = head.split('\t')
const table = new Map()
const faults = []
for (const row of rows) {
  const { file, channel, shape } = Object.fromEntries(row.split('\t').map((cell, i) => [columns[i], cell]))
  const line = table.get(channel) ?? { files: 0, events: 0, judged: 0, right: 0, kinds: new Map() }
  table.set(channel, line)
  line.files++
  const adapter = adapters[channel]
  if (!adapter) continue
  const body = readFileSync(join(folder, file))
  const type = /^\s*[[{]/.test(body.toString()) ? 'application/json' : 'application/x-www-form-urlencoded'
  const request = {
    method: 'POST',
    url: `/webhooks/${adapter.id}`,
    headers: new Headers({ 'content-type': type }),
    body,
  }
  try {
    const events = adapter.decode(request, 1_700_000_000_000)
    if (events.length === 0 && channel !== 'ari') faults.push(`${file}: nothing was kept of it`)
    JSON.stringify(events)
    line.events += events.length
    for (const { kind } of events) line.kinds.set(kind, (line.kinds.get(kind) ?? 0) + 1)
    const wanted = rulesOf(channel).find(([pattern]) => pattern.test(shape))?.[1]
    if (!wanted) continue
    line.judged++
    if (events.some(({ kind }) => wanted.includes(kind))) line.right++
    else if (events.some(({ kind }) => kind !== 'unrecognised'))
      faults.push(`${file}: ${shape} became ${events.map(({ kind }) => kind)}, not ${wanted.join(' or ')}`)
  } catch (error) {
    faults.push(`${file}: ${error.stack}`)
  }
}
console.log('provider              files events   right of judged  kinds')
for (const [channel, { files, events, judged, right, kinds }] of [...table].sort()) {
  const made = [...kinds].sort().map(([kind, count]) => `${count} ${kind}`)
  const said = adapters[channel] ? made.join(', ') : 'no adapter'
  console.log(
    `${channel.padEnd(22)}${String(files).padStart(5)}${String(events).padStart(7)}${String(right).padStart(8)} of${String(judged).padStart(7)}  ${said}`,
  )
}
for (const fault of faults) console.log(`FAULT ${fault}`)
console.log(`${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0
