import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

/** In the order in which they need one another. */
const MODULES = ['backoff', 'session', 'outbox', 'thread', 'client', 'widget']

/**
 * The modules of the widget as one: they import only each other, and no two name anything the same, so that
 * joining them is leaving out how they are joined. Indentation goes too; nobody reads it there.
 */
export const joinModules = (modules: readonly string[]): string => {
  const bare = modules.map((code) =>
    code
      .replaceAll(/^import [^;]*;\n/gm, '')
      .replaceAll(/^export \{[^}]*\}[^;]*;\n/gm, '')
      .replaceAll(/^export (?=const |class )/gm, '')
      .replaceAll(/^ +/gm, ''),
  )
  return `${bare.join('')}export { chatClient, mountChat };\n`
}

let script: Promise<string> | undefined

/** The widget as one ES module, read once. */
export const widgetScript = (): Promise<string> => {
  const read = (name: string) => readFile(new URL(`../dist/widget/${name}.js`, import.meta.url), 'utf8')
  script ??= Promise.all(MODULES.map(read)).then(joinModules)
  return script
}

let packed: Promise<Uint8Array> | undefined

/** For a page on any site; packed for a browser that takes that, as they all do. */
export const serveWidget = async (request: Request): Promise<Response> => {
  packed ??= widgetScript().then((code) => gzipSync(code, { level: 9 }))
  const gzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  return new Response(gzip ? await packed : await widgetScript(), {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      vary: 'accept-encoding',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    },
  })
}
