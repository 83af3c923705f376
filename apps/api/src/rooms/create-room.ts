import { createHash } from 'node:crypto'
import { ParleyError, type HistoryPolicy, type Room, type Visibility } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { IdempotencyStore } from '../db/idempotency-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from './get-room.ts'

export interface CreateRoomPorts {
  readonly run: RunCommand
  readonly claim: IdempotencyStore['claim']
  readonly getRoom: GetRoom
}

export interface RoomDraft {
  readonly name: string
  readonly visibility: Visibility
  readonly topic?: string | undefined
  readonly history?: HistoryPolicy | undefined
}

export type CreateRoom = (
  userId: string,
  draft: RoomDraft,
  idempotencyKey: string | undefined,
) => Promise<Room>

function fingerprintOf({ name, visibility, topic, history }: RoomDraft): Buffer<ArrayBuffer> {
  const body = JSON.stringify(['createRoom', name, visibility, topic ?? null, history ?? null])
  return Buffer.from(createHash('sha256').update(body).digest())
}

/**
 * The key is claimed with the room's id before there is a room. Whoever comes again with it, also
 * after a crash in between, makes or finds that same room: creating is idempotent by its id.
 */
export function createCreateRoom({ run, claim, getRoom }: CreateRoomPorts): CreateRoom {
  async function roomIdFor(userId: string, draft: RoomDraft, key: string | undefined) {
    const resourceId = uuidv7()
    if (key === undefined) return resourceId
    const claimed = await claim({ userId, key, fingerprint: fingerprintOf(draft), resourceId })
    if (!claimed.isSame) throw new ParleyError('IDEMPOTENCY_MISMATCH')
    return claimed.resourceId
  }

  return async (userId, draft, idempotencyKey) => {
    const roomId = await roomIdFor(userId, draft, idempotencyKey)
    await run({
      kind: 'room:create',
      actor: { id: userId, kind: 'user' },
      roomId,
      roomKind: 'room',
      name: draft.name,
      visibility: draft.visibility,
      topic: draft.topic ?? null,
      history: draft.history ?? 'all',
      memberIds: [],
    })
    return getRoom(userId, roomId)
  }
}
