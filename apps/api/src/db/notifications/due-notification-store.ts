import type { NotifyLevel, RoomKind } from '@parley/message-schema'
import type { DecidedPair, DueStore } from '../../notifications/decide-due.ts'
import type { DuePair, Notice, NotifyReason } from '../../notifications/decide-notification.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { quietFromRow, type QuietColumns } from './quiet-row.ts'
import { putSends } from './push-send-rows.ts'
import { inTransaction } from '../transaction.ts'

interface StateRow {
  readonly user_id: string
  readonly room_id: Buffer
  readonly shown_from: number | null
  readonly shown_to: number | null
  readonly shown_count: number
}

interface PairRow extends QuietColumns {
  readonly user_id: string
  readonly room_id: Buffer
  readonly read_seq: number
  readonly visible_from: number
  readonly snoozed_until: Date | null
  readonly is_member: number
  readonly notify: NotifyLevel | null
  readonly kind: RoomKind
  readonly member_count: number
  readonly room_level: NotifyLevel | null
  readonly direct_level: NotifyLevel | null
  readonly is_dnd: number
}

interface MessageRow {
  readonly user_id: string
  readonly room_id: Buffer
  readonly seq: number
  readonly reason: NotifyReason
  readonly is_gone: number
  readonly is_blocked: number
}

const PAIR = ['user_id', 'room_id']
/** Ids of the driver's own rows compare byte by byte, whatever the connection's collation. */
const SAME_PAIR = (alias: string): string =>
  `${alias}.user_id = k.user_id COLLATE utf8mb4_bin AND ${alias}.room_id = k.room_id`
const AT_ONCE = 1_000

const keyOf = (row: { readonly user_id: string; readonly room_id: Buffer }): string =>
  `${row.room_id.toString('hex')}/${row.user_id}`

function groupByPair(rows: readonly MessageRow[]): Map<string, MessageRow[]> {
  const byPair = new Map<string, MessageRow[]>()
  for (const row of rows) {
    const group = byPair.get(keyOf(row))
    if (group === undefined) byPair.set(keyOf(row), [row])
    else group.push(row)
  }
  return byPair
}

function lockDue(connection: PoolConnection, now: Date, limit: number): Promise<StateRow[]> {
  return connection.query<StateRow[]>(
    `SELECT user_id, room_id, shown_from, shown_to, shown_count FROM notification_state
     WHERE due_at <= ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED`,
    [now, limit],
  )
}

function readPairs(connection: PoolConnection, keys: unknown[][]): Promise<PairRow[]> {
  const { table, values } = derivedTable(PAIR, keys)
  return connection.query<PairRow[]>(
    `SELECT m.user_id, m.room_id, m.read_seq, m.visible_from, m.snoozed_until, m.notify,
       m.left_seq IS NULL AND r.deleted_at IS NULL AND p.erased_at IS NULL AS is_member,
       r.kind, h.member_count, u.room_level, u.direct_level,
       u.quiet_zone, u.quiet_from, u.quiet_to,
       EXISTS (SELECT 1 FROM user_presence s
               WHERE s.user_id = m.user_id AND s.status = 'dnd') AS is_dnd
     FROM ${table} k
     STRAIGHT_JOIN room_member m ON ${SAME_PAIR('m')}
     STRAIGHT_JOIN room r ON r.id = m.room_id
     STRAIGHT_JOIN room_head h ON h.room_id = m.room_id
     LEFT JOIN user p ON p.id = m.user_id
     LEFT JOIN user_notify u ON u.user_id = m.user_id`,
    values,
  )
}

function readMessages(connection: PoolConnection, keys: unknown[][]): Promise<MessageRow[]> {
  const { table, values } = derivedTable(PAIR, keys)
  return connection.query<MessageRow[]>(
    `SELECT n.user_id, n.room_id, n.seq, n.reason,
       e.seq IS NULL OR s.deleted_at IS NOT NULL OR n.seq <= r.erased_to AS is_gone,
       EXISTS (SELECT 1 FROM user_block b
               WHERE b.user_id = n.user_id AND b.blocked_id = e.actor_id) AS is_blocked
     FROM ${table} k
     STRAIGHT_JOIN pending_notification n ON ${SAME_PAIR('n')}
     LEFT JOIN room r ON r.id = n.room_id
     LEFT JOIN room_event e ON e.room_id = n.room_id AND e.seq = n.seq
     LEFT JOIN message_state s ON s.room_id = n.room_id AND s.seq = n.seq`,
    values,
  )
}

function toPair(
  state: StateRow,
  row: PairRow | undefined,
  messages: readonly MessageRow[],
): DuePair {
  return {
    userId: state.user_id,
    roomId: fromBytes(state.room_id),
    member:
      row === undefined || !row.is_member
        ? null
        : {
            readSeq: row.read_seq,
            visibleFrom: row.visible_from,
            snoozedUntil: row.snoozed_until,
          },
    levels: {
      kind: row?.kind ?? 'room',
      memberCount: row?.member_count ?? 0,
      roomLevel: row?.room_level ?? null,
      directLevel: row?.direct_level ?? null,
      level: row?.notify ?? null,
    },
    quiet: row === undefined ? null : quietFromRow(row),
    isDoNotDisturb: Boolean(row?.is_dnd),
    shown:
      state.shown_from === null || state.shown_to === null
        ? null
        : { from: state.shown_from, to: state.shown_to, count: state.shown_count },
    messages: messages.map(({ seq, reason, is_gone, is_blocked }) => ({
      seq,
      reason,
      isGone: Boolean(is_gone),
      isBlocked: Boolean(is_blocked),
    })),
  }
}

/** Only what was read: what has come since stays, and is decided in its turn. */
async function deletePending(
  connection: PoolConnection,
  messages: readonly MessageRow[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const { table, values } = derivedTable(
      [...PAIR, 'seq'],
      messages
        .slice(from, from + AT_ONCE)
        .map(({ user_id, room_id, seq }) => [user_id, room_id, seq]),
    )
    await connection.query(
      `DELETE n FROM ${table} k
       STRAIGHT_JOIN pending_notification n ON ${SAME_PAIR('n')} AND n.seq = k.seq`,
      values,
    )
  }
}

type Told = DecidedPair & { readonly notice: Notice }

async function keepTold(connection: PoolConnection, told: readonly Told[], now: Date) {
  if (told.length === 0) return
  await putSends(
    connection,
    told.map(({ pair, notice }) => ({ ...pair, ...notice, kind: 'message' })),
    now,
  )
  await connection.query(
    `INSERT INTO notification_state
       (user_id, room_id, shown_from, shown_to, shown_count, shown_at, check_at)
     VALUES ${told.map(() => '(?,?,?,?,?,?,?)').join()}
     ON DUPLICATE KEY UPDATE shown_from = VALUES(shown_from), shown_to = VALUES(shown_to),
       shown_count = VALUES(shown_count), shown_at = VALUES(shown_at), check_at = VALUES(check_at)`,
    told.flatMap(({ pair, notice }) => [
      pair.userId,
      toBytes(pair.roomId),
      notice.shownFrom,
      notice.seq,
      notice.count,
      now,
      now,
    ]),
  )
}

/** Due again if something has come meanwhile; gone if there is nothing to remember. */
async function settle(connection: PoolConnection, keys: unknown[][], now: Date): Promise<void> {
  const { table, values } = derivedTable(PAIR, keys)
  await connection.query(
    `UPDATE ${table} k STRAIGHT_JOIN notification_state s ON ${SAME_PAIR('s')}
     SET s.due_at = IF(EXISTS (SELECT 1 FROM pending_notification n
                               WHERE n.user_id = s.user_id AND n.room_id = s.room_id), ?, NULL)`,
    [...values, now],
  )
  await connection.query(
    `DELETE s FROM ${table} k STRAIGHT_JOIN notification_state s ON ${SAME_PAIR('s')}
     WHERE s.due_at IS NULL AND s.shown_to IS NULL`,
    values,
  )
}

export function createDueStore(pool: Pool): DueStore {
  return {
    decideDue: (now, limit, decide) =>
      inTransaction(pool, async (connection) => {
        const states = await lockDue(connection, now, limit)
        if (states.length === 0) return 0
        const keys = states.map(({ user_id, room_id }) => [user_id, room_id])
        const pairRows = new Map(
          (await readPairs(connection, keys)).map((row) => [keyOf(row), row]),
        )
        const messageRows = await readMessages(connection, keys)
        const byPair = groupByPair(messageRows)
        const decided = decide(
          states.map((state) =>
            toPair(state, pairRows.get(keyOf(state)), byPair.get(keyOf(state)) ?? []),
          ),
        )
        await keepTold(
          connection,
          decided.filter((one): one is Told => one.notice !== null),
          now,
        )
        await deletePending(connection, messageRows)
        await settle(connection, keys, now)
        return states.length
      }),
  }
}
