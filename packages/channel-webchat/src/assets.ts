import { readFile } from 'node:fs/promises'

const cached = new Map<string, Promise<string>>()

const load = (name: string): Promise<string> => {
  const found = cached.get(name) ?? readFile(new URL(`./widget/${name}`, import.meta.url), 'utf8')
  cached.set(name, found)
  return found
}

/** `widget.js` or `client.js`, as a page on any site loads it. */
export const serveScript = async (name: 'widget.js' | 'client.js'): Promise<Response> =>
  new Response(await load(name), {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    },
  })
