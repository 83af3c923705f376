import { createHmac, hkdfSync, randomInt } from 'node:crypto'
import { ParleyError } from '@parley/message-schema'
import { hmacHex, isEqualText } from './equal-text.ts'
import type { PusherApp } from './pusher-env.ts'

export interface PusherSockets {
  /** One for each page: the first number is the sign-in's, the second one is any. */
  readonly newId: (userId: string, sessionId: string | undefined) => string
  readonly isOf: (socketId: string, userId: string, sessionId: string | undefined) => boolean
}

/**
 * Pusher ties a signature to a connection. Here it is tied to the sign-in: a signature that somebody else
 * got hold of opens nothing, since their own socket ids begin with another number.
 */
export function createPusherSockets(secret: string): PusherSockets {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'parley pusher sockets', 32))
  const numberOf = (userId: string, sessionId = ''): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([userId, sessionId]))
      .digest()
      .readBigUInt64BE()
      .toString()
  return {
    newId: (userId, sessionId) => `${numberOf(userId, sessionId)}.${randomInt(2 ** 47)}`,
    isOf: (socketId, userId, sessionId) =>
      isEqualText(socketId.split('.', 1)[0] ?? '', numberOf(userId, sessionId)),
  }
}

export const isPresence = (channel: string): boolean => channel.startsWith('presence-')
const isPrivate = (channel: string): boolean =>
  channel.startsWith('private-') || isPresence(channel)

export interface ChannelAsk {
  readonly socketId?: string | undefined
  readonly auth?: string | undefined
  readonly channelData?: string | undefined
}

const refused = (message: string): ParleyError => new ParleyError('FORBIDDEN', { message })

function userIdOf(channelData: string): unknown {
  try {
    const { user_id: userId } = JSON.parse(channelData) as { user_id?: unknown }
    return typeof userId === 'number' ? String(userId) : userId
  } catch {
    return undefined
  }
}

/** Whether the app lets this very person into the channel. Public ones need nobody's word. */
export function requireSigned(
  app: PusherApp,
  channel: string,
  { socketId, auth, channelData }: ChannelAsk,
  caller: { readonly userId: string; readonly isOwn: (socketId: string) => boolean },
): void {
  if (!isPrivate(channel)) return
  if (socketId === undefined || auth === undefined) {
    throw refused('This channel needs socketId and auth.')
  }
  if (!caller.isOwn(socketId)) throw refused('This socketId is not one of this sign-in.')
  const signed = [socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(':')
  if (!isEqualText(auth, `${app.key}:${hmacHex(app.secret, signed)}`)) {
    throw refused('auth is not what this channel needs.')
  }
  if (!isPresence(channel)) return
  if (channelData === undefined || userIdOf(channelData) !== caller.userId) {
    throw refused('channelData must name the caller as user_id.')
  }
}
