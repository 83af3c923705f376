import { ParleyError } from '@parley/message-schema'
import type { AllowReading } from '../history/reader-access.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import { requireSigned, type ChannelAsk, type PusherSockets } from './channel-signature.ts'
import { SUBSCRIBER_ROLE, SYSTEM, type ChannelRooms } from './find-room.ts'
import type { PusherApp } from './pusher-env.ts'

export interface Subscriber {
  readonly userId: string
  readonly sessionId: string | undefined
}

export type SubscribeChannel = (
  subscriber: Subscriber,
  key: string,
  channel: string,
  ask: ChannelAsk,
) => Promise<{ roomId: string; head: number }>

/** The app’s word is asked before there is anything of the channel: nobody makes private ones by asking. */
export function createSubscribeChannel(ports: {
  readonly apps: readonly PusherApp[]
  readonly sockets: PusherSockets
  readonly rooms: ChannelRooms
  readonly run: RunCommand
  readonly allowReading: AllowReading
}): SubscribeChannel {
  const { apps, sockets, rooms, run, allowReading } = ports
  return async ({ userId, sessionId }, key, channel, ask) => {
    const app = apps.find((one) => one.key === key)
    if (app === undefined) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no app with this key.' })
    }
    requireSigned(app, channel, ask, {
      userId,
      isOwn: (socketId) => sockets.isOf(socketId, userId, sessionId),
    })
    const roomId = await rooms.ensure(app.id, channel)
    await run({ kind: 'member:join', actor: SYSTEM, roomId, userId, role: SUBSCRIBER_ROLE }).catch(
      (error: unknown) => {
        if (error instanceof ParleyError && error.code === 'NOT_FOUND') rooms.forget(roomId)
        throw error
      },
    )
    const { head } = await allowReading(userId, roomId)
    return { roomId, head }
  }
}
