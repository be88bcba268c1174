import { Problem } from './http.js'
import type { Settings, WidgetOptions } from './options.js'

const allows = ({ origins }: WidgetOptions, origin: string): boolean =>
  origins === '*' || origins.includes(origin)

/** Refuses a page of a site that the widget is not for. What is no page of a site sends no origin. */
export const checkOrigin = (widget: WidgetOptions, origin: string | null | undefined): void => {
  if (origin != null && !allows(widget, origin))
    throw new Problem(
      403,
      'wrong_origin',
      `This widget is not for ${origin.slice(0, 100)}; add it to origins.`,
    )
}

/** What lets a page read the answer; nothing for a site that no widget is for. */
export const corsHeaders = (settings: Settings, origin: string | null): Record<string, string> =>
  origin !== null && settings.widgets.some((widget) => allows(widget, origin))
    ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' }
    : {}

/** The answer to a browser that asks before it sends. It is asked before the widget is known. */
export const preflight = (): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'authorization, content-type, last-event-id',
      'access-control-max-age': '7200',
    },
  })
