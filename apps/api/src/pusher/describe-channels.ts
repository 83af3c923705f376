import { invalid, LIMITS } from '@parley/message-schema'
import type { ChannelRow, ChannelStore } from '../db/pusher/channel-store.ts'
import { isPresence } from './channel-signature.ts'
import type { PusherApp } from './pusher-env.ts'

export interface ChannelInfo {
  readonly user_count?: number
  readonly subscription_count?: number
}

export interface DescribeChannels {
  readonly list: (
    app: PusherApp,
    query: { readonly prefix: string; readonly info: string | undefined },
  ) => Promise<{ channels: Record<string, ChannelInfo> }>
  readonly one: (
    app: PusherApp,
    channel: string,
    info: string | undefined,
  ) => Promise<ChannelInfo & { occupied: boolean }>
  readonly users: (app: PusherApp, channel: string) => Promise<{ users: { id: string }[] }>
  /** Of channels that were written to, as far as it is asked for. */
  readonly infoOf: (
    app: PusherApp,
    channels: readonly string[],
    info: string | undefined,
  ) => Promise<ReadonlyMap<string, ChannelInfo>>
}

const CHANNELS_MAX = 1_000
/** Members who are looked for among those online, for one answer. */
const MEMBERS_MAX = 10 * LIMITS.notifyAllMembers

const toFields = (info = ''): ReadonlySet<string> =>
  new Set(
    info
      .split(',')
      .map((field) => field.trim())
      .filter(Boolean),
  )

/**
 * A subscription is a membership, and lasts until it is ended. Who of a presence channel's members is
 * counted as a user is who has a device connected now, and does not hide it.
 */
export function createDescribeChannels(
  store: Pick<ChannelStore, 'find' | 'list' | 'members'>,
  onlineAmong: (userIds: readonly string[]) => Promise<ReadonlySet<string>>,
): DescribeChannels {
  async function onlineOf(rows: readonly ChannelRow[]): Promise<Map<string, string[]>> {
    const members = await store.members(
      rows.map(({ roomId }) => roomId),
      MEMBERS_MAX,
    )
    if (members === null) {
      throw invalid('info', `these channels have more than ${MEMBERS_MAX} members`)
    }
    const online = await onlineAmong([...new Set(members.map(({ userId }) => userId))])
    const byRoom = new Map<string, string[]>()
    for (const { roomId, userId } of members) {
      if (online.has(userId)) byRoom.set(roomId, [...(byRoom.get(roomId) ?? []), userId])
    }
    return byRoom
  }

  async function describe(
    rows: readonly ChannelRow[],
    info: string | undefined,
  ): Promise<Map<string, ChannelInfo>> {
    const fields = toFields(info)
    const present = fields.has('user_count') ? rows.filter(({ name }) => isPresence(name)) : []
    const online = present.length > 0 ? await onlineOf(present) : new Map<string, string[]>()
    return new Map(
      rows.map(({ name, roomId, members }) => [
        name,
        {
          ...(fields.has('user_count') &&
            isPresence(name) && { user_count: online.get(roomId)?.length ?? 0 }),
          ...(fields.has('subscription_count') && { subscription_count: members }),
        },
      ]),
    )
  }

  function refuseCounting(info: string | undefined, channel: string): void {
    if (toFields(info).has('user_count') && !isPresence(channel)) {
      throw invalid('info', 'user_count is of presence channels only')
    }
  }

  return {
    async list(app, { prefix, info }) {
      refuseCounting(info, prefix)
      const rows = await store.list(app.id, prefix, CHANNELS_MAX)
      return { channels: Object.fromEntries(await describe(rows, info)) }
    },

    async one(app, channel, info) {
      refuseCounting(info, channel)
      const row = await store.find(app.id, channel)
      if (row === null) return { occupied: false }
      return { occupied: row.members > 0, ...(await describe([row], info)).get(channel) }
    },

    async users(app, channel) {
      if (!isPresence(channel)) throw invalid('channel', 'users are of presence channels only')
      const row = await store.find(app.id, channel)
      const ids = row === null ? [] : ((await onlineOf([row])).get(row.roomId) ?? [])
      return { users: ids.map((id) => ({ id })) }
    },

    async infoOf(app, channels, info) {
      if (toFields(info).size === 0) return new Map()
      const rows = await Promise.all(channels.map((channel) => store.find(app.id, channel)))
      return describe(
        rows.filter((row) => row !== null),
        info,
      )
    },
  }
}
