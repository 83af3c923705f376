import { createHash } from 'node:crypto'
import {
  flattenSettings,
  ParleyError,
  type Room,
  type RoomSettingsChange,
  type Visibility,
} from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { BlockStore } from '../db/users/block-store.ts'
import type { IdempotencyStore } from '../db/server/idempotency-store.ts'
import type { UserStore } from '../db/users/user-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { GetRoom } from './get-room.ts'
import { refuseBlocked } from './refuse-blocked.ts'
import { requireUsers } from './require-users.ts'
import type { Grower, RoomGrowth } from './room-growth.ts'

export interface CreateRoomPorts {
  readonly run: RunCommand
  readonly claim: IdempotencyStore['claim']
  readonly missingUsers: UserStore['missing']
  readonly blocks: Pick<BlockStore, 'whoBlocks'>
  readonly growth: Pick<RoomGrowth, 'allowRoom'>
  readonly getRoom: GetRoom
}

/** Each setting by itself or among `settings`: it means the same. */
export interface RoomDraft extends RoomSettingsChange {
  readonly name: string
  readonly visibility: Visibility
  readonly topic?: string | null | undefined
  readonly avatarUrl?: string | null | undefined
  readonly memberIds?: readonly string[] | undefined
  readonly settings?: RoomSettingsChange | undefined
}

export type CreateRoom = (
  caller: Grower,
  draft: RoomDraft,
  idempotencyKey: string | undefined,
) => Promise<Room>

function fingerprintOf(draft: RoomDraft): Buffer<ArrayBuffer> {
  const { name, visibility, topic, avatarUrl, memberIds } = draft
  const { history, slowModeS, retentionDays, roleOverrides } = flattenSettings(draft)
  const given = { slowModeS, retentionDays, roleOverrides }
  const settings = Object.values(given).some((one) => one !== undefined) ? given : undefined
  // What was not there when keys were first claimed comes last, and only if it is given.
  const rest = [avatarUrl, memberIds, settings].some((part) => part !== undefined)
    ? [avatarUrl ?? null, memberIds ?? null, settings ?? null]
    : []
  const body = [name, visibility, topic ?? null, history ?? null, ...rest]
  return Buffer.from(
    createHash('sha256')
      .update(JSON.stringify(['createRoom', ...body]))
      .digest(),
  )
}

/**
 * The key is claimed with the room's id before there is a room. Whoever comes again with it, also
 * after a crash in between, makes or finds that same room: creating is idempotent by its id.
 */
export function createCreateRoom(ports: CreateRoomPorts): CreateRoom {
  const { run, claim, missingUsers, blocks, growth, getRoom } = ports

  async function roomIdFor(userId: string, draft: RoomDraft, key: string | undefined) {
    const resourceId = uuidv7()
    if (key === undefined) return { roomId: resourceId, isRepeated: false }
    const claimed = await claim({ userId, key, fingerprint: fingerprintOf(draft), resourceId })
    if (!claimed.isSame) throw new ParleyError('IDEMPOTENCY_MISMATCH')
    return { roomId: claimed.resourceId, isRepeated: claimed.resourceId !== resourceId }
  }

  async function findRoom(userId: string, roomId: string): Promise<Room | null> {
    try {
      return await getRoom(userId, roomId)
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'NOT_FOUND') return null
      throw error
    }
  }

  return async (caller, draft, idempotencyKey) => {
    const { userId } = caller
    const memberIds = [...new Set(draft.memberIds)].filter((id) => id !== userId)
    await requireUsers(missingUsers, memberIds)
    await refuseBlocked(blocks, userId, memberIds)
    const { roomId, isRepeated } = await roomIdFor(userId, draft, idempotencyKey)
    // Nothing is made any more, so that no limit is in the way of the answer.
    const made = isRepeated ? await findRoom(userId, roomId) : null
    if (made !== null) return made
    await growth.allowRoom(caller, memberIds)
    const { history, slowModeS, retentionDays, roleOverrides } = flattenSettings(draft)
    await run({
      kind: 'room:create',
      actor: { id: userId, kind: 'user' },
      roomId,
      roomKind: 'room',
      name: draft.name,
      visibility: draft.visibility,
      topic: draft.topic ?? null,
      avatarUrl: draft.avatarUrl ?? null,
      history: history ?? 'all',
      slowModeS,
      retentionDays,
      roleOverrides,
      memberIds,
    })
    return getRoom(userId, roomId)
  }
}
