import type { ChannelHost } from '@ramal/channel'
import { serveWidget } from './assets.js'
import { serveAttachment, upload } from './attachments.js'
import { corsHeaders, preflight } from './cors.js'
import { cursorOf, pollEvents, streamEvents } from './events.js'
import { json, Problem, problemResponse, readJson } from './http.js'
import { lifetime } from './lifetime.js'
import { MAX_JSON_BYTES } from './options.js'
import type { Service } from './service.js'
import { openSession } from './session.js'

interface Call {
  readonly request: Request
  readonly url: URL
  readonly host: ChannelHost
  readonly service: Service
  /** Aborts when the adapter stops. */
  readonly stopping: AbortSignal
}

type Route = (call: Call) => Promise<Response>

/** From the header, or from the address for an `EventSource`, which can set no header. */
const claimsOf = ({ request, url, host, service }: Call) => {
  const bearer = /^Bearer ([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const token = bearer ?? url.searchParams.get('token') ?? undefined
  return service.authenticate(host, token, request.headers.get('origin'))
}

const openRoute: Route = async ({ request, host, service }) => {
  const body = await readJson(request, MAX_JSON_BYTES)
  return json(201, await openSession(service.settings, host, body, request.headers.get('origin')))
}

const messageRoute: Route = async (call) => {
  const claims = await claimsOf(call)
  const body = await readJson(call.request, MAX_JSON_BYTES)
  const submitted = await call.service.submit(call.host, claims, body)
  return json(submitted.duplicate ? 200 : 201, submitted)
}

const typingRoute: Route = async (call) => {
  const claims = await claimsOf(call)
  await call.service.tellTyping(call.host, claims, await readJson(call.request, 1024))
  return json(202, {})
}

const readRoute: Route = async (call) => {
  const claims = await claimsOf(call)
  await call.service.tellRead(call.host, claims, await readJson(call.request, 1024))
  return json(202, {})
}

const eventsRoute: Route = async (call) => {
  const { request, url, service, host, stopping } = call
  const claims = await claimsOf(call)
  const after = cursorOf(service.settings, request, url)
  const release = service.connect(claims)
  const deps = { settings: service.settings, host, typing: service.typing }
  const life = lifetime([request.signal, stopping], request)
  life.signal.addEventListener('abort', release, { once: true })
  if (request.headers.get('accept')?.includes('text/event-stream'))
    return streamEvents(deps, claims, after, life)
  return pollEvents(deps, claims, after, url.searchParams.get('wait'), life)
}

const uploadRoute: Route = async (call) => {
  const claims = await claimsOf(call)
  call.service.countUpload(call.host, claims)
  return json(201, await upload(call.service.settings, claims, call.request))
}

const routes: Readonly<Record<string, Route>> = {
  'POST sessions': openRoute,
  'POST messages': messageRoute,
  'POST typing': typingRoute,
  'POST read': readRoute,
  'GET events': eventsRoute,
  'POST attachments': uploadRoute,
  'GET widget.js': ({ request }) => serveWidget(request),
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new Problem(404, 'unknown_attachment', 'There is no attachment of this id.')
  }
}

const dispatch = async (call: Call): Promise<Response | undefined> => {
  const { request, url } = call
  // Wherever the adapter is mounted, and whatever a proxy puts before it.
  const [last = '', parent] = url.pathname.split('/').reverse()
  const { method } = request
  const known = Object.keys(routes).some((route) => route.endsWith(` ${last}`)) || parent === 'attachments'
  if (!known) return undefined
  if (method === 'OPTIONS') return preflight()
  if (method === 'GET' && parent === 'attachments')
    return serveAttachment(call.service.settings, call.host, decoded(last), url, request.headers.get('range'))
  const route = routes[`${method} ${last}`]
  if (!route) throw new Problem(405, 'wrong_method', `${method} is not possible here.`)
  return route(call)
}

/** Answers every request below where the adapter is mounted; undefined for a path that is none of its. */
export const handleRequest = async (
  request: Request,
  host: ChannelHost,
  service: Service,
  stopping: AbortSignal,
): Promise<Response | undefined> => {
  const url = new URL(request.url)
  let response: Response | undefined
  try {
    response = await dispatch({ request, url, host, service, stopping })
  } catch (e) {
    // What is not the visitor's fault is the engine's to report; it answers that nothing was taken.
    if (!(e instanceof Problem)) throw e
    response = problemResponse(e)
  }
  if (!response) return undefined
  const cors = corsHeaders(service.settings, request.headers.get('origin'))
  for (const [name, value] of Object.entries(cors)) response.headers.set(name, value)
  response.headers.append('vary', 'origin')
  return response
}
