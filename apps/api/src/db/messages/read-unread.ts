import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { PoolConnection } from '../connect.ts'
import { fromKeys } from '../key-list.ts'

export interface Unread {
  /** The cursor that the counts belong to. */
  readonly readSeq: number
  readonly unread: number
  readonly mentions: number
}

/** What of a room is not counted as unread, or is counted beside it. */
type Part = 'own' | 'deleted' | 'named' | 'named_all'

/** A member's place: what came after the cursor, and the last event of each part, wherever it is. */
export interface UnreadRow extends Record<`${Part}_seq`, number> {
  readonly room_id: Buffer
  readonly user_id: string
  readonly read_seq: number
  readonly head: number
  /** Countable messages after the cursor, of whomever. */
  readonly messages: number
  /** What is counted is behind it: the cursor, what one may not see, and what retention has erased. */
  readonly start_seq: number
}

/** Rows of a part: of `m`, or, between two places, of the values that `valuesOf` answers. */
interface PartSql {
  readonly count: string
  readonly seq: string
  readonly from: string
  readonly of: readonly (readonly [column: string, member: 'user_id' | 'room_id'])[]
  readonly isOther?: string
  readonly rest?: string
}

const PARTS: Record<Part, PartSql> = {
  own: {
    count: 'COUNT(e.msg_no)',
    seq: 'e.seq',
    from: 'room_event e FORCE INDEX (room_event_actor)',
    of: [
      ['e.actor_id', 'user_id'],
      ['e.room_id', 'room_id'],
    ],
    rest: `e.type = ${MESSAGE_CREATED}`,
  },
  deleted: {
    count: 'COUNT(*)',
    seq: 's.seq',
    from: 'message_state s FORCE INDEX (PRIMARY)',
    of: [['s.room_id', 'room_id']],
    isOther: `s.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM room_event d
      WHERE d.room_id = s.room_id AND d.seq = s.seq AND d.actor_id <> ? AND d.msg_no IS NOT NULL)`,
  },
  named: {
    count: 'COUNT(*)',
    seq: 'n.seq',
    from: 'room_mention n FORCE INDEX (PRIMARY)',
    of: [
      ['n.room_id', 'room_id'],
      ['n.user_id', 'user_id'],
    ],
  },
  named_all: {
    count: 'COUNT(*)',
    seq: 'n.seq',
    from: 'room_mention n FORCE INDEX (PRIMARY)',
    of: [['n.room_id', 'room_id']],
    rest: "n.user_id = ''",
    isOther: 'n.actor_id <> ?',
  },
}
const NAMES = Object.keys(PARTS) as Part[]

function lastSeq(part: Part): string {
  const { seq, from, of, rest = 'TRUE' } = PARTS[part]
  const mine = of.map(([column, member]) => `${column} = m.${member}`).join(' AND ')
  return `COALESCE((SELECT ${seq} FROM ${from} WHERE ${mine} AND ${rest}
    ORDER BY ${seq} DESC LIMIT 1), 0) AS ${part}_seq`
}

/** Of the member `m` in the room `r` with head `h`: a row of an index each, however much there is. */
export const UNREAD_COLUMNS = `m.room_id, m.user_id, m.read_seq, h.head,
  CAST(h.last_msg_no AS SIGNED) - CAST(GREATEST(m.read_msg_no, r.erased_msg_no) AS SIGNED) AS messages,
  GREATEST(m.read_seq, m.visible_from - 1, r.erased_to) AS start_seq,
  ${NAMES.map(lastSeq).join()}`

/** In one statement. */
const COUNTS_AT_ONCE = 200

interface Count {
  readonly part: Part
  readonly row: UnreadRow
}

function countSql({ part, row }: Count, nth: number): readonly [sql: string, values: unknown[]] {
  const { count, seq, from, of, rest = 'TRUE', isOther } = PARTS[part]
  const those = of.map(([column]) => `${column} = ?`).join(' AND ')
  const other = isOther === undefined ? '' : `AND ${isOther}`
  return [
    `(SELECT ${nth} AS nth, ${count} AS n FROM ${from}
      WHERE ${those} AND ${rest} AND ${seq} > ? AND ${seq} <= ? ${other})`,
    [
      ...of.map(([, member]) => row[member]),
      row.start_seq,
      row.head,
      ...(isOther === undefined ? [] : [row.user_id]),
    ],
  ]
}

/**
 * C6. Countable messages are numbered, so those after the cursor are a difference; one's own and deleted
 * ones among them are taken off. Only where there are any after the cursor is anything counted, and then
 * in a range of values that stand in the statement: of a range that hangs on a row of another table the
 * database reads everything that one has ever written in the room. Up to the head of the row, so that
 * what comes meanwhile is not taken off.
 */
export async function countUnread(
  connection: Pick<PoolConnection, 'query'>,
  rows: readonly UnreadRow[],
): Promise<Unread[]> {
  const counts = rows.flatMap((row) =>
    NAMES.filter((part) => row[`${part}_seq`] > row.start_seq).map((part): Count => ({
      part,
      row,
    })),
  )
  const counted = new Map<UnreadRow, Partial<Record<Part, number>>>()
  for (let i = 0; i < counts.length; i += COUNTS_AT_ONCE) {
    const some = counts.slice(i, i + COUNTS_AT_ONCE)
    const asked = some.map(countSql)
    const found = await connection.query<{ nth: number; n: number }[]>(
      asked.map(([sql]) => sql).join(' UNION ALL '),
      asked.flatMap(([, values]) => values),
    )
    for (const { nth, n } of found) {
      const { part, row } = some[nth] as Count
      counted.set(row, { ...counted.get(row), [part]: n })
    }
  }
  return rows.map((row) => {
    const { own = 0, deleted = 0, named = 0, named_all: all = 0 } = counted.get(row) ?? {}
    const { read_seq: readSeq, messages } = row
    return { readSeq, unread: messages - own - deleted, mentions: named + all }
  })
}

/** Keys are `roomId/userId`; two queries for all, and seldom more. */
export async function readUnread(
  connection: Pick<PoolConnection, 'query'>,
  pairs: readonly { readonly roomId: string; readonly userId: string }[],
): Promise<Map<string, Unread>> {
  if (pairs.length === 0) return new Map()
  const { from, values } = fromKeys(
    'room_member',
    'm',
    [
      ['room_id', 'binary'],
      ['user_id', 'text'],
    ],
    pairs.map(({ roomId, userId }) => [toBytes(roomId), userId]),
  )
  const rows = await connection.query<UnreadRow[]>(
    `SELECT ${UNREAD_COLUMNS}
     ${from} STRAIGHT_JOIN room r ON r.id = m.room_id STRAIGHT_JOIN room_head h ON h.room_id = m.room_id`,
    values,
  )
  const counts = await countUnread(connection, rows)
  return new Map(
    rows.map((row, index) => [`${fromBytes(row.room_id)}/${row.user_id}`, counts[index] as Unread]),
  )
}
