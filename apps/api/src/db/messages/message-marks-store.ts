import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

/** What hangs on a message as one reader sees it. */
export interface MessageMarks {
  readonly reactions: {
    readonly key: string
    readonly count: number
    readonly userIds: readonly string[]
    readonly mine: boolean
  }[]
  pinned: boolean
  thread: { readonly replies: number; readonly lastSeq: number } | null
}

export interface MessageMarksStore {
  /** Of these messages, whatever is in them; four queries, however many messages. */
  readonly read: (
    roomId: string,
    seqs: readonly number[],
    readerId: string,
  ) => Promise<ReadonlyMap<number, MessageMarks>>
  /** Seqs of the pinned messages from `from` on, the latest pinned first. */
  readonly pins: (roomId: string, from: number) => Promise<number[]>
  readonly reactors: (
    roomId: string,
    seq: number,
    key: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ userId: string; seq: number }[]>
  /** Nearest first. */
  readonly repliesBelow: (
    roomId: string,
    threadSeq: number,
    below: number,
    limit: number,
  ) => Promise<number[]>
  readonly repliesAbove: (
    roomId: string,
    threadSeq: number,
    above: number,
    limit: number,
  ) => Promise<number[]>
}

/** People shown of each reaction. */
const SHOWN = 10
/** Look-ups in one statement. */
const AT_ONCE = 200

interface CountRow {
  readonly seq: number
  readonly reaction_key: string
  readonly count: number
}

const marks = (list: readonly unknown[]): string => list.map(() => '?').join()

/** The first of each key by a look-up of its own: who reacts to one message may be a city. */
async function readPeople(
  pool: Pool,
  id: Buffer,
  counts: readonly CountRow[],
): Promise<Map<string, string[]>> {
  const people = new Map<string, string[]>()
  for (let from = 0; from < counts.length; from += AT_ONCE) {
    const some = counts.slice(from, from + AT_ONCE)
    const rows = await pool.query<{ seq: number; reaction_key: string; user_id: string }[]>(
      some
        .map(
          () => `(SELECT seq, reaction_key, user_id FROM message_reaction
            WHERE room_id = ? AND seq = ? AND reaction_key = ? ORDER BY user_id LIMIT ${SHOWN})`,
        )
        .join(' UNION ALL '),
      some.flatMap(({ seq, reaction_key: key }) => [id, seq, key]),
    )
    for (const row of rows) {
      const key = `${row.seq}/${row.reaction_key}`
      const list = people.get(key)
      if (list === undefined) people.set(key, [row.user_id])
      else list.push(row.user_id)
    }
  }
  return people
}

async function readMine(
  pool: Pool,
  id: Buffer,
  counts: readonly CountRow[],
  readerId: string,
): Promise<Set<string>> {
  if (counts.length === 0) return new Set()
  const seqs = [...new Set(counts.map(({ seq }) => seq))]
  const keys = [...new Set(counts.map(({ reaction_key: key }) => key))]
  const rows = await pool.query<{ seq: number; reaction_key: string }[]>(
    `SELECT seq, reaction_key FROM message_reaction
     WHERE room_id = ? AND seq IN (${marks(seqs)}) AND reaction_key IN (${marks(keys)})
       AND user_id = ?`,
    [id, ...seqs, ...keys, readerId],
  )
  return new Set(rows.map((row) => `${row.seq}/${row.reaction_key}`))
}

async function readMarks(
  pool: Pool,
  roomId: string,
  seqs: readonly number[],
  readerId: string,
): Promise<ReadonlyMap<number, MessageMarks>> {
  const found = new Map<number, MessageMarks>()
  if (seqs.length === 0) return found
  const id = toBytes(roomId)
  const of = (seq: number): MessageMarks => {
    const there = found.get(seq) ?? { reactions: [], pinned: false, thread: null }
    found.set(seq, there)
    return there
  }
  const within = [id, ...seqs]
  const [counts, pins, threads] = await Promise.all([
    pool.query<CountRow[]>(
      `SELECT seq, reaction_key, count FROM message_reaction_count
       WHERE room_id = ? AND seq IN (${marks(seqs)}) AND count > 0`,
      within,
    ),
    pool.query<{ seq: number }[]>(
      `SELECT seq FROM room_pin WHERE room_id = ? AND seq IN (${marks(seqs)})`,
      within,
    ),
    pool.query<{ thread_seq: number; replies: number; last_seq: number }[]>(
      `SELECT t.thread_seq, COUNT(*) AS replies, MAX(t.seq) AS last_seq FROM thread_reply t
       LEFT JOIN message_state s ON s.room_id = t.room_id AND s.seq = t.seq
       WHERE t.room_id = ? AND t.thread_seq IN (${marks(seqs)}) AND s.deleted_at IS NULL
       GROUP BY t.thread_seq`,
      within,
    ),
  ])
  const [people, mine] = await Promise.all([
    readPeople(pool, id, counts),
    readMine(pool, id, counts, readerId),
  ])
  for (const { seq, reaction_key: key, count } of counts) {
    const place = `${seq}/${key}`
    const userIds = people.get(place) ?? []
    of(seq).reactions.push({ key, count, userIds, mine: mine.has(place) })
  }
  for (const { seq } of pins) of(seq).pinned = true
  for (const row of threads) {
    of(row.thread_seq).thread = { replies: row.replies, lastSeq: row.last_seq }
  }
  return found
}

export function createMessageMarksStore(pool: Pool): MessageMarksStore {
  return {
    read: (roomId, seqs, readerId) => readMarks(pool, roomId, seqs, readerId),

    async pins(roomId, from) {
      const rows = await pool.query<{ seq: number }[]>(
        'SELECT seq FROM room_pin WHERE room_id = ? AND seq >= ? ORDER BY event_seq DESC',
        [toBytes(roomId), from],
      )
      return rows.map(({ seq }) => seq)
    },

    async reactors(roomId, seq, key, after, limit) {
      const rows = await pool.query<{ user_id: string; event_seq: number }[]>(
        `SELECT user_id, event_seq FROM message_reaction
         WHERE room_id = ? AND seq = ? AND reaction_key = ?
           ${after === undefined ? '' : 'AND user_id > ?'} ORDER BY user_id LIMIT ?`,
        [toBytes(roomId), seq, key, ...(after === undefined ? [] : [after]), limit],
      )
      return rows.map((row) => ({ userId: row.user_id, seq: row.event_seq }))
    },

    repliesBelow: (roomId, threadSeq, below, limit) =>
      readReplies(pool, [toBytes(roomId), threadSeq, below, limit], 'seq < ?', 'DESC'),
    repliesAbove: (roomId, threadSeq, above, limit) =>
      readReplies(pool, [toBytes(roomId), threadSeq, above, limit], 'seq > ?', 'ASC'),
  }
}

async function readReplies(
  pool: Pool,
  values: readonly unknown[],
  bound: string,
  order: 'ASC' | 'DESC',
): Promise<number[]> {
  const rows = await pool.query<{ seq: number }[]>(
    `SELECT seq FROM thread_reply WHERE room_id = ? AND thread_seq = ? AND ${bound}
     ORDER BY seq ${order} LIMIT ?`,
    [...values],
  )
  return rows.map(({ seq }) => seq)
}
