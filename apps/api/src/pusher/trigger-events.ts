import { ChannelName, invalid, ParleyError, Payload, PusherSocketId } from '@parley/message-schema'
import { z } from 'zod'
import type { RunCommand } from '../room-log/run-command.ts'
import { SYSTEM, type ChannelRooms } from './find-room.ts'
import type { PusherApp } from './pusher-env.ts'

const DATA_BYTES = 10_240
const CHANNELS_MAX = 100
const BATCH_MAX = 10
/** What such a message is called in the log. */
const PUSHER_TYPE = 'pusher'

const eventShape = {
  name: z.string().min(1).max(200),
  data: z.string(),
  socket_id: PusherSocketId.optional(),
  info: z.string().optional(),
}
export const Trigger = z
  .object({
    ...eventShape,
    channels: z.array(ChannelName).min(1).max(CHANNELS_MAX).optional(),
    channel: ChannelName.optional(),
  })
  .refine(({ channels, channel }) => (channels === undefined) !== (channel === undefined), {
    message: 'needs channels or channel',
  })
export const TriggerBatch = z.object({
  batch: z
    .array(z.object({ ...eventShape, channel: ChannelName }))
    .min(1)
    .max(BATCH_MAX),
})

export interface PusherEvent {
  readonly channel: string
  readonly name: string
  readonly data: string
  readonly socketId: string | undefined
  readonly clientMsgId: string
}

/** Where it stands in the channel's log. */
export interface Triggered {
  readonly channel: string
  readonly roomId: string
  readonly seq: number
}

/** As libraries of Pusher hand it on: JSON where it is JSON, else the text itself. */
function readData(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text)
    // What a payload of ours may not be stays text.
    return Payload.safeParse({ data }).success ? data : text
  } catch {
    return text
  }
}

const toPayload = ({ name, data, socketId }: PusherEvent): Record<string, unknown> => ({
  event: name,
  data: readData(data),
  ...(socketId !== undefined && { socketId }),
})

export type TriggerEvents = (app: PusherApp, events: readonly PusherEvent[]) => Promise<Triggered[]>

function refuseTooLarge(events: readonly PusherEvent[]): void {
  for (const { data, name } of events) {
    if (Buffer.byteLength(data) > DATA_BYTES) {
      throw new ParleyError('TOO_LARGE', {
        message: `The data of ${JSON.stringify(name)} has more than ${DATA_BYTES} bytes.`,
      })
    }
    if (!data.isWellFormed() || !name.isWellFormed()) {
      throw invalid('data', 'must be well-formed Unicode')
    }
  }
}

/** All of them to the log at once and in their order, so that those of one channel keep it. */
export function createTriggerEvents(run: RunCommand, rooms: ChannelRooms): TriggerEvents {
  return async (app, events) => {
    refuseTooLarge(events)
    const names = [...new Set(events.map(({ channel }) => channel))]
    const ids = await Promise.all(names.map((name) => rooms.ensure(app.id, name)))
    const idOf = new Map(names.map((name, at) => [name, ids[at] ?? '']))
    return Promise.all(
      events.map(async (event) => {
        const roomId = idOf.get(event.channel) ?? ''
        try {
          const { seq } = await run({
            kind: 'message:send',
            actor: SYSTEM,
            roomId,
            clientMsgId: event.clientMsgId,
            type: PUSHER_TYPE,
            payload: toPayload(event),
            silent: true,
          })
          return { channel: event.channel, roomId, seq }
        } catch (error) {
          if (error instanceof ParleyError && error.code === 'NOT_FOUND') rooms.forget(roomId)
          throw error
        }
      }),
    )
  }
}
