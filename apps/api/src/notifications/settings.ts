import type {
  MyNotifications,
  MyNotificationsChange,
  RoomNotifications,
  RoomNotificationsChange,
} from '@parley/message-schema'
import {
  DEFAULT_DIRECT_LEVEL,
  DEFAULT_ROOM_LEVEL,
  effectiveLevel,
  toMinutes,
  toQuietHours,
  type LevelFacts,
  type QuietMinutes,
} from './notify-level.ts'

export interface RoomChoice {
  readonly levels: LevelFacts
  readonly snoozedUntil: Date | null
}

/** `null` and absent: the default. */
export interface MyChoice {
  readonly rooms: LevelFacts['roomLevel']
  readonly direct: LevelFacts['directLevel']
  readonly previews: boolean
  readonly quiet: QuietMinutes | null
  readonly digest: MyNotifications['digest'] | null
}

export interface NotificationSettingsStore {
  readonly readRoom: (userId: string, roomId: string) => Promise<RoomChoice | null>
  readonly writeRoom: (
    userId: string,
    roomId: string,
    change: { readonly level?: LevelFacts['level']; readonly snoozedUntil?: Date | null },
  ) => Promise<void>
  readonly readMine: (userId: string) => Promise<MyChoice>
  /** What is absent stays as it is. */
  readonly writeMine: (userId: string, change: Partial<MyChoice>) => Promise<void>
}

export interface SettingsPorts {
  readonly store: NotificationSettingsStore
  /** Throws `NOT_FOUND` or `NOT_MEMBER`. */
  readonly requireMember: (userId: string, roomId: string) => Promise<void>
}

export interface NotificationSettingsOperations {
  readonly getRoom: (userId: string, roomId: string) => Promise<RoomNotifications>
  readonly putRoom: (
    userId: string,
    roomId: string,
    change: RoomNotificationsChange,
  ) => Promise<RoomNotifications>
  readonly getMine: (userId: string) => Promise<MyNotifications>
  readonly putMine: (userId: string, change: MyNotificationsChange) => Promise<MyNotifications>
}

const toMine = ({ rooms, direct, previews, quiet, digest }: MyChoice): MyNotifications => ({
  rooms: rooms ?? DEFAULT_ROOM_LEVEL,
  direct: direct ?? DEFAULT_DIRECT_LEVEL,
  previews,
  quietHours: quiet === null ? null : toQuietHours(quiet),
  digest: digest ?? 'daily',
})

/** What one chose for a room stays when one leaves it, and is there again when one comes back. */
export function createNotificationSettings(ports: SettingsPorts): NotificationSettingsOperations {
  const { store, requireMember } = ports

  async function getRoom(userId: string, roomId: string): Promise<RoomNotifications> {
    await requireMember(userId, roomId)
    const choice = await store.readRoom(userId, roomId)
    if (choice === null) throw new Error('A member without a room.')
    return {
      level: choice.levels.level,
      snoozedUntil: choice.snoozedUntil?.toISOString() ?? null,
      effective: effectiveLevel(choice.levels),
    }
  }

  return {
    getRoom,
    async putRoom(userId, roomId, { level, snoozedUntil }) {
      await requireMember(userId, roomId)
      await store.writeRoom(userId, roomId, {
        ...(level !== undefined && { level }),
        ...(snoozedUntil !== undefined && {
          snoozedUntil: snoozedUntil === null ? null : new Date(snoozedUntil),
        }),
      })
      return getRoom(userId, roomId)
    },
    async getMine(userId) {
      return toMine(await store.readMine(userId))
    },
    async putMine(userId, { quietHours, ...change }) {
      await store.writeMine(userId, {
        ...change,
        ...(quietHours !== undefined && {
          quiet: quietHours === null ? null : toMinutes(quietHours),
        }),
      } as Partial<MyChoice>)
      return toMine(await store.readMine(userId))
    },
  }
}
