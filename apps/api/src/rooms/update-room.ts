import { flattenSettings, type Room, type RoomChange } from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from './get-room.ts'

export type UpdateRoom = (userId: string, roomId: string, change: RoomChange) => Promise<Room>
export type DeleteRoom = (userId: string, roomId: string) => Promise<void>

export const createUpdateRoom =
  (run: RunCommand, getRoom: GetRoom): UpdateRoom =>
  async (userId, roomId, asked) => {
    const change = flattenSettings(asked)
    await run({ kind: 'room:update', actor: { id: userId, kind: 'user' }, roomId, change })
    return getRoom(userId, roomId)
  }

export const createDeleteRoom =
  (run: RunCommand): DeleteRoom =>
  async (userId, roomId) => {
    const actor = { id: userId, kind: 'user' } as const
    await run({ kind: 'room:update', actor, roomId, change: { deleted: true } })
  }
