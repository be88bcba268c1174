import type { Metadata } from '@grpc/grpc-js'
import { unauthenticated } from './failure.js'

/** A user and a password. */
export interface Login {
  readonly username: string
  readonly password: string
}

/** Refuses a call without the right basic credentials; lets all pass when the server has no login. */
export const checkLogin = (login: Login | undefined, metadata: Metadata): void => {
  if (!login) return
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  if (metadata.get('authorization')[0] !== expected) throw unauthenticated()
}
