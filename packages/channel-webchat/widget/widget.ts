import {
  type ChatClient,
  type ClientOptions,
  type Content,
  chatClient,
  type Message,
  type Pending,
} from './client.js'

/** What the widget says itself. */
export interface Words {
  readonly title: string
  readonly open: string
  readonly close: string
  readonly placeholder: string
  readonly send: string
  readonly attach: string
  readonly you: string
  readonly agent: string
  readonly sending: string
  readonly notSent: string
  readonly offline: string
  readonly typing: string
  readonly revoked: string
}

const english: Words = {
  title: 'Chat with us',
  open: 'Open chat',
  close: 'Close chat',
  placeholder: 'Write a message',
  send: 'Send',
  attach: 'Attach a file',
  you: 'You',
  agent: 'Agent',
  sending: 'sending',
  notSent: 'Not sent',
  offline: 'No connection. Messages are sent when it is back.',
  typing: 'Writing an answer',
  revoked: 'This message was withdrawn.',
}

export interface WidgetOptions extends Omit<ClientOptions, 'changed' | 'storage'> {
  /** Default: the page's body. */
  readonly parent?: HTMLElement
  /** In the visitor's language, where they differ from the English ones. */
  readonly words?: Partial<Words>
}

const style = `
:host{all:initial;font:15px/1.4 system-ui;color:#1f1f1f}
*{box-sizing:border-box;font:inherit}
button,h2{border:0;border-radius:8px;background:#0b57d0;color:#fff;padding:8px 12px;margin:0}
:focus-visible{outline:3px solid #ffb000}
.launch,section{position:fixed;right:20px;bottom:20px;z-index:2147483000}
section{bottom:72px;width:min(360px,90vw);height:min(520px,80vh);display:flex;flex-direction:column;background:#fff;border:1px solid #999;border-radius:12px;overflow:hidden}
[hidden]{display:none}
ol{flex:1;overflow-y:auto;margin:0;padding:12px}
li{display:block;max-width:85%;width:fit-content;margin:0 0 8px;padding:8px 12px;border-radius:12px;background:#eef1f6;overflow-wrap:anywhere;white-space:pre-wrap}
.visitor{margin-left:auto;background:#d3e3fd}
b{display:block;font-size:12px;color:#444}
img{max-width:100%}
p{margin:0;padding:0 12px;min-height:20px;font-size:13px}
form{display:flex;gap:8px;padding:12px}
textarea{flex:1;resize:none}
.hide{position:absolute;width:1px;height:1px;opacity:0}
label:focus-within{outline:3px solid #ffb000}
`

const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

const bodyOf = (content: Content): readonly (Node | string)[] => {
  const said = content.text ?? content.caption ?? content.title ?? ''
  if (!content.url) return [said || content.filename || content.kind]
  const label = content.filename ?? content.kind
  const inside = content.media === 'image' ? make('img', { src: content.url, alt: label }) : label
  return [make('a', { href: content.url, target: '_blank', rel: 'noopener' }, inside), said]
}

/** The same for a message before and after it is in the log. */
const keyOf = ({ clientMsgId, id = '' }: { readonly clientMsgId?: string; readonly id?: string }) =>
  clientMsgId ?? id

/** Puts the chat on the page, in a shadow of its own: neither styles the other. */
export const mountChat = ({ parent = document.body, words, ...options }: WidgetOptions): ChatClient => {
  const say = { ...english, ...words }
  const host = make('div')
  const shadow = host.attachShadow({ mode: 'open' })
  const launch = make('button', { className: 'launch', type: 'button', textContent: say.open })
  const list = make('ol', { ariaLabel: say.title, tabIndex: 0 })
  const status = make('p')
  const field = make('textarea', {
    rows: 2,
    maxLength: 8000,
    placeholder: say.placeholder,
    ariaLabel: say.placeholder,
  })
  const file = make('input', { type: 'file', className: 'hide', ariaLabel: say.attach })
  const form = make(
    'form',
    {},
    make('label', { title: say.attach }, '📎', file),
    field,
    make('button', { type: 'submit', textContent: say.send }),
  )
  const panel = make(
    'section',
    { hidden: true, ariaLabel: say.title },
    make('h2', { textContent: say.title }),
    list,
    status,
    form,
  )
  list.setAttribute('role', 'log')
  list.setAttribute('aria-live', 'polite')
  status.setAttribute('role', 'status')
  launch.setAttribute('aria-expanded', 'false')
  shadow.append(make('style', { textContent: style }), panel, launch)
  parent.append(host)

  const shown = new Map<string, { readonly element: HTMLLIElement; readonly version: string }>()
  let trouble = ''

  /** Writes an entry only when it has changed: a screen reader speaks what is new, and only that. */
  const show = (key: string, version: string, fill: () => HTMLLIElement) => {
    const before = shown.get(key)
    if (before?.version === version) return
    const element = fill()
    before?.element.replaceWith(element)
    shown.set(key, { element, version })
  }

  /** Moves only what is in the wrong place. */
  const order = (keys: readonly string[]) => {
    let next = list.firstChild
    for (const key of keys) {
      const element = shown.get(key)!.element
      if (element === next) next = next.nextSibling
      else list.insertBefore(element, next)
    }
  }

  const entry = (from: string, who: string, ...children: readonly (Node | string)[]) =>
    make('li', { className: from }, make('b', { textContent: who }), ...children)

  const showMessage = (message: Message) => {
    const { from, content, revoked, edited } = message
    show(keyOf(message), `${message.id}${edited ? JSON.stringify(content) : ''}${revoked}`, () => {
      if (revoked) return entry(from, '', say.revoked)
      const who = from === 'visitor' ? say.you : (message.name ?? say.agent)
      const choices = (content.options ?? []).map((option) =>
        make('button', { type: 'button', textContent: option.title, onclick: () => client.choose(option) }),
      )
      return entry(from, who, ...bodyOf(content), ...choices)
    })
  }

  const showPending = ({ clientMsgId, text, choice, refused }: Pending) =>
    show(clientMsgId, refused ?? '', () => {
      const state = refused ? `${say.notSent}: ${refused}` : say.sending
      return entry('visitor', `${say.you} (${state})`, text ?? choice?.title ?? '📎')
    })

  const render = () => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
    const [settled, pending] = [client.messages(), client.pending()]
    for (const message of settled) showMessage(message)
    for (const message of pending) showPending(message)
    // What is not in the log yet stands after all that is.
    order([...settled.map(keyOf), ...pending.map(keyOf)])
    status.textContent =
      trouble || (client.connection() === 'offline' ? say.offline : client.agentTypes() ? say.typing : '')
    if (atEnd) list.scrollTop = list.scrollHeight
    if (!panel.hidden && !document.hidden) markRead()
  }

  let readUpTo = 0
  const markRead = () => {
    const latest = client.messages().reduce((at, m) => (m.from === 'visitor' ? at : Math.max(at, m.at)), 0)
    if (latest <= readUpTo) return
    readUpTo = latest
    client.read()
  }

  let scheduled = false
  const client = chatClient({
    ...options,
    changed: () => {
      if (scheduled) return
      scheduled = true
      queueMicrotask(() => {
        scheduled = false
        render()
      })
    },
  })

  const toggle = (open: boolean) => {
    panel.hidden = !open
    launch.textContent = open ? say.close : say.open
    launch.setAttribute('aria-expanded', String(open))
    if (open) field.focus()
    else launch.focus()
    render()
  }
  launch.onclick = () => toggle(panel.hidden === true)
  panel.onkeydown = (event) => {
    if (event.key === 'Escape') toggle(false)
  }
  form.onsubmit = (event) => {
    event.preventDefault()
    if (field.value.trim() === '') return
    trouble = ''
    client.send(field.value)
    field.value = ''
    field.focus()
  }
  let typedAt = 0
  field.oninput = () => {
    if (Date.now() - typedAt < 3_000) return
    typedAt = Date.now()
    client.typing(true)
  }
  field.onkeydown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  }
  file.onchange = () => {
    const [chosen] = file.files ?? []
    file.value = ''
    trouble = ''
    if (chosen)
      client.attach(chosen).catch((e: Error) => {
        trouble = e.message
        render()
      })
  }
  return {
    ...client,
    close() {
      client.close()
      host.remove()
    },
  }
}

// A module does not know its own element, but it can be told by its address.
const script = [...document.scripts].find((s) => s.src === import.meta.url && s.dataset.widget)
if (script)
  mountChat({ base: new URL('.', script.src).href.slice(0, -1), widget: script.dataset.widget ?? '' })
