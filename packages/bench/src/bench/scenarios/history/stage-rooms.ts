import type { Cluster } from '@parley/local-cluster'
import type { Host } from '../../../peers/parley/host-token.ts'
import { stagePeople } from '../../../peers/parley/stage-people.ts'
import { connect } from './database.ts'
import type { RoomFill } from './filled-messages.ts'

const SENDERS = 8
/** Seconds between the last messages of two rooms: not all of them speak at the same moment. */
const APART_S = 7
/** Of somebody who is asked for all that is unread. */
export const ROOMS = 1_000

/** What is compared, once with few messages and once with many. */
export interface Side {
  /** Of the one long log. */
  readonly log: RoomFill
  /** One who reads it. */
  readonly reader: string
  /** One of those who wrote it, and never read. */
  readonly writer: string
  /** Another one, who has read everything. */
  readonly attentive: string
  /** One who is in `ROOMS` rooms and has read nothing in them. */
  readonly member: string
}

export interface Stage {
  readonly small: Side
  readonly large: Side
  readonly fills: readonly RoomFill[]
}

export interface Sizes {
  readonly largeMessages: number
  readonly smallMessages: number
}

/** Messages of each of the `ROOMS` rooms: all of them have as many as the short log, or a tenth of the long one. */
export function backlogs({ largeMessages, smallMessages }: Sizes): {
  small: number
  large: number
} {
  const small = Math.max(1, Math.round(smallMessages / ROOMS))
  return { small, large: Math.max(small, Math.round(largeMessages / 10 / ROOMS)) }
}

async function readHeads(databaseUrl: string): Promise<Map<string, readonly [number, number]>> {
  const connection = await connect(databaseUrl)
  try {
    const rows = await connection.query<{ id: string; head: number; last_msg_no: number }[]>(
      'SELECT LOWER(HEX(room_id)) AS id, head, last_msg_no FROM room_head',
    )
    return new Map(rows.map((row) => [row.id, [row.head, row.last_msg_no]]))
  } finally {
    await connection.end()
  }
}

const range = (from: number): number[] =>
  Array.from({ length: SENDERS }, (_, index) => from + index)
/** People by their number: who wrote the short log, the long one, and the rooms; who reads. */
const SENDERS_OF = { small: range(0), large: range(SENDERS), rooms: range(2 * SENDERS) }
const [READER, FEW, MANY] = [3 * SENDERS, 3 * SENDERS + 1, 3 * SENDERS + 2]
const WRITER = 0
const ATTENTIVE = 1

/** The two logs, then the rooms. Who has read a log is in one more: of somebody in one room less is asked. */
function planRooms(): number[][] {
  const { small, large, rooms } = SENDERS_OF
  const set = (member: number, guest: number): number[][] =>
    Array.from({ length: ROOMS }, (_, index) => [...rooms, member, ...(index === 0 ? [guest] : [])])
  return [
    [...small, READER],
    [...large, READER],
    ...set(MANY, SENDERS + ATTENTIVE),
    ...set(FEW, ATTENTIVE),
  ]
}

/** People and rooms, made by the API; what the rooms are to be filled with. */
export async function stageRooms(cluster: Cluster, host: Host, sizes: Sizes): Promise<Stage> {
  const people = await stagePeople(
    { people: MANY + 1, rooms: planRooms() },
    { url: cluster.url, dir: cluster.dir, host },
  )
  const heads = await readHeads(cluster.info().database.url)
  const endS = Math.floor(Date.now() / 1_000) - 3_600
  const fillOf = (
    roomId: string,
    senders: readonly number[],
    { count, ago = 0, stepS = 1 }: { count: number; ago?: number; stepS?: number },
  ): RoomFill => {
    const [head = 0, lastMsgNo = 0] = heads.get(roomId.replaceAll('-', '')) ?? []
    return {
      roomId,
      senderIds: senders.map((sender) => people[sender]?.userId ?? ''),
      count,
      firstSeq: head + 1,
      firstMsgNo: lastMsgNo + 1,
      startS: endS - ago - count * stepS,
      stepS,
    }
  }
  const [short = '', long = ''] = people[READER]?.rooms ?? []
  const backlog = backlogs(sizes)
  // Few messages are as long ago as many: what is newest is in as many rooms.
  const setOf = (member: number, count: number): RoomFill[] =>
    (people[member]?.rooms ?? []).map((roomId, index) => {
      const stepS = Math.round(backlog.large / count)
      return fillOf(roomId, SENDERS_OF.rooms, { count, ago: index * APART_S, stepS })
    })
  const tokenOf = (person: number | undefined): string => people[person ?? 0]?.token ?? ''
  const sideOf = (log: RoomFill, senders: readonly number[], member: number): Side => ({
    log,
    reader: tokenOf(READER),
    writer: tokenOf(senders[WRITER]),
    attentive: tokenOf(senders[ATTENTIVE]),
    member: tokenOf(member),
  })
  const small = fillOf(short, SENDERS_OF.small, { count: sizes.smallMessages })
  const large = fillOf(long, SENDERS_OF.large, { count: sizes.largeMessages })
  return {
    small: sideOf(small, SENDERS_OF.small, FEW),
    large: sideOf(large, SENDERS_OF.large, MANY),
    fills: [large, small, ...setOf(MANY, backlog.large), ...setOf(FEW, backlog.small)],
  }
}
