import type { WebSocket } from 'ws'

export type WebSocketClass = typeof WebSocket

/** @throws Error that says what to install */
export const loadWs = async (): Promise<WebSocketClass> => {
  try {
    return (await import('ws')).WebSocket
  } catch (cause) {
    throw new Error('Asterisk needs the package "ws": npm install ws', { cause })
  }
}
