/** What is used of the package `smpp`, which has no types of its own. */
export interface Pdu {
  readonly command: string
  readonly command_status: number
  readonly [field: string]: unknown
  response(fields?: Readonly<Record<string, unknown>>): Pdu
}

type Answered = (pdu: Pdu) => void

/** Calls give false when the connection can no longer be written to. */
export interface SmppSession {
  on(event: 'connect' | 'secureConnect' | 'close', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'deliver_sm' | 'data_sm' | 'enquire_link' | 'unbind', listener: Answered): void
  bind_transceiver(fields: Readonly<Record<string, unknown>>, answered: Answered): boolean
  submit_sm(fields: Readonly<Record<string, unknown>>, answered: Answered): boolean
  enquire_link(fields: Readonly<Record<string, unknown>>, answered: Answered): boolean
  unbind(answered: Answered): boolean
  send(pdu: Pdu): boolean
  close(): void
  destroy(): void
}

export interface SmppConnection {
  readonly host: string
  readonly port: number
  readonly tls?: boolean
}

export interface SmppLibrary {
  connect(options: SmppConnection): SmppSession
}

/** @throws Error that says what to install */
export const loadSmpp = async (): Promise<SmppLibrary> => {
  // Not a literal: the package is there only for those who use SMPP.
  const name: string = 'smpp'
  try {
    const library: { readonly default: SmppLibrary } = await import(name)
    return library.default
  } catch (cause) {
    throw new Error('SMS over SMPP needs the package "smpp": npm install smpp', { cause })
  }
}
