import { SqlError } from 'mariadb'
import { docTokens } from '../../search/index-tokens.ts'
import type { RemovedDoc, SearchDoc } from '../../search/search-index.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { fromKeys } from '../key-list.ts'
import { inTransaction } from '../transaction.ts'

/** A message as it is about to stand in the index; without tokens it is a tombstone. */
interface Entry {
  readonly roomId: string
  readonly seq: number
  readonly revision: number
  readonly at: number
  readonly tokens: readonly string[]
}

/** No word has it: it is what separates them in the row of a doc. */
const SEPARATOR = '\u0000'
const DOCS_PER_TRANSACTION = 200
const TOKENS_PER_STATEMENT = 2_000
const REMOVED_AT_ONCE = 500
/** Duplicate key, lock wait timeout, deadlock: another one was at the same docs. */
const LOST = new Set([1062, 1205, 1213])
const ATTEMPTS = 6

interface DocRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly at: number
  readonly revision: number
  readonly tokens: Buffer
}

const tokensOf = (row: DocRow): string[] =>
  row.tokens.length === 0 ? [] : row.tokens.toString('utf8').split(SEPARATOR)

const keyOf = (roomId: Buffer, seq: number): string => `${roomId.toString('hex')}/${seq}`

async function inRetriedTransaction(
  pool: Pool,
  run: (connection: PoolConnection) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, run)
    } catch (error) {
      const isLost = error instanceof SqlError && LOST.has(error.errno)
      if (!isLost || attempt === ATTEMPTS) throw error
    }
  }
}

type TokenRow = readonly [room: Buffer, token: Buffer, at: number, seq: number]

async function insertTokens(connection: PoolConnection, rows: readonly TokenRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += TOKENS_PER_STATEMENT) {
    const some = rows.slice(i, i + TOKENS_PER_STATEMENT)
    await connection.query(
      `INSERT INTO search_token (room_id, token, at, seq)
       VALUES ${some.map(() => '(?,?,?,?)').join()}
       ON DUPLICATE KEY UPDATE seq = VALUES(seq)`,
      some.flat(),
    )
  }
}

async function deleteTokens(connection: PoolConnection, rows: readonly TokenRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += TOKENS_PER_STATEMENT) {
    const { from, values } = fromKeys(
      'search_token',
      't',
      [
        ['room_id', 'binary'],
        ['token', 'binary'],
        ['at', 'number'],
        ['seq', 'number'],
      ],
      rows.slice(i, i + TOKENS_PER_STATEMENT),
    )
    await connection.query(`DELETE t ${from}`, values)
  }
}

const rowsOf = (room: Buffer, tokens: readonly string[], at: number, seq: number): TokenRow[] =>
  tokens.map((token) => [room, Buffer.from(token, 'utf8'), at, seq])

/** Docs first: two workers at one message meet there, and the second one looks again. */
async function putEntries(connection: PoolConnection, entries: readonly Entry[]): Promise<void> {
  const { from, values } = fromKeys(
    'search_doc',
    'd',
    [
      ['room_id', 'binary'],
      ['seq', 'number'],
    ],
    entries.map(({ roomId, seq }) => [toBytes(roomId), seq]),
  )
  const rows = await connection.query<DocRow[]>(
    `SELECT d.room_id, d.seq, d.at, d.revision, d.tokens ${from} FOR UPDATE`,
    values,
  )
  const there = new Map(rows.map((row) => [keyOf(row.room_id, row.seq), row]))
  const inserted: Entry[] = []
  const removedTokens: TokenRow[] = []
  const newTokens: TokenRow[] = []
  const updated: Entry[] = []
  for (const entry of entries) {
    const room = toBytes(entry.roomId)
    const before = there.get(keyOf(room, entry.seq))
    if (before !== undefined && before.revision > entry.revision) continue
    ;(before === undefined ? inserted : updated).push(entry)
    const old = before === undefined ? [] : tokensOf(before)
    const isMoved = before !== undefined && before.at !== entry.at
    const had = new Set(isMoved ? [] : old)
    const has = new Set(isMoved ? [] : entry.tokens)
    removedTokens.push(
      ...rowsOf(
        room,
        old.filter((token) => !has.has(token)),
        before?.at ?? 0,
        entry.seq,
      ),
    )
    newTokens.push(
      ...rowsOf(
        room,
        entry.tokens.filter((token) => !had.has(token)),
        entry.at,
        entry.seq,
      ),
    )
  }
  const valuesOf = ({ roomId, seq, at, revision, tokens }: Entry): unknown[] => [
    toBytes(roomId),
    seq,
    at,
    revision,
    Buffer.from(tokens.join(SEPARATOR), 'utf8'),
  ]
  const columns = 'search_doc (room_id, seq, at, revision, tokens)'
  const marks = (some: readonly Entry[]): string => some.map(() => '(?,?,?,?,?)').join()
  if (inserted.length > 0) {
    await connection.query(
      `INSERT INTO ${columns} VALUES ${marks(inserted)}`,
      inserted.flatMap(valuesOf),
    )
  }
  if (updated.length > 0) {
    await connection.query(
      `INSERT INTO ${columns} VALUES ${marks(updated)}
       ON DUPLICATE KEY UPDATE at = VALUES(at), revision = VALUES(revision), tokens = VALUES(tokens)`,
      updated.flatMap(valuesOf),
    )
  }
  await deleteTokens(connection, removedTokens)
  await insertTokens(connection, newTokens)
}

/** Erased rooms' and seqs' docs are left out, asked behind the locks of the docs. */
async function dropErased(connection: PoolConnection, entries: readonly Entry[]): Promise<void> {
  const rooms = [...new Set(entries.map(({ roomId }) => roomId))]
  const rows = await connection.query<{ id: Buffer; to_seq: number }[]>(
    `SELECT r.id, IF(p.purged_to > r.erased_to, p.purged_to, r.erased_to) AS to_seq
     FROM room r LEFT JOIN room_purge p ON p.room_id = r.id
     WHERE r.id IN (${rooms.map(() => '?').join()}) AND (r.erased_to > 0 OR p.purged_to > 0)`,
    rooms.map(toBytes),
  )
  for (const { id, to_seq: toSeq } of rows) {
    const erased = entries.filter(({ roomId, seq }) => seq <= toSeq && toBytes(roomId).equals(id))
    if (erased.length > 0)
      await removeDocs(
        connection,
        id,
        erased.map(({ seq }) => seq),
      )
  }
}

/** The rows themselves: nothing is left of them. */
async function removeDocs(
  connection: PoolConnection,
  room: Buffer,
  seqs: readonly number[],
): Promise<void> {
  const marks = seqs.map(() => '?').join()
  const rows = await connection.query<DocRow[]>(
    `SELECT room_id, seq, at, revision, tokens FROM search_doc
     WHERE room_id = ? AND seq IN (${marks}) FOR UPDATE`,
    [room, ...seqs],
  )
  await deleteTokens(
    connection,
    rows.flatMap((row) => rowsOf(room, tokensOf(row), row.at, row.seq)),
  )
  await connection.query(`DELETE FROM search_doc WHERE room_id = ? AND seq IN (${marks})`, [
    room,
    ...seqs,
  ])
}

const byKey = (one: Entry, other: Entry): number =>
  one.roomId === other.roomId ? one.seq - other.seq : one.roomId < other.roomId ? -1 : 1

async function putAll(pool: Pool, entries: readonly Entry[]): Promise<void> {
  // In one order, so that two workers seldom wait for each other in a circle.
  const sorted = entries.toSorted(byKey)
  for (let i = 0; i < sorted.length; i += DOCS_PER_TRANSACTION) {
    const some = sorted.slice(i, i + DOCS_PER_TRANSACTION)
    await inRetriedTransaction(pool, async (connection) => {
      await putEntries(connection, some)
      await dropErased(connection, some)
    })
  }
}

export const putDocs = (pool: Pool, docs: readonly SearchDoc[]): Promise<void> =>
  putAll(
    pool,
    docs.map((doc) => ({ ...doc, tokens: docTokens(doc) })),
  )

/** A row without tokens stays, so that an older doc that comes late does not bring it back. */
export const removeTokens = (pool: Pool, docs: readonly RemovedDoc[]): Promise<void> =>
  putAll(
    pool,
    docs.map((doc) => ({ ...doc, at: 0, tokens: [] })),
  )

export async function removeDocsUpTo(pool: Pool, roomId: string, toSeq: number): Promise<void> {
  const room = toBytes(roomId)
  for (;;) {
    let removed = 0
    await inRetriedTransaction(pool, async (connection) => {
      const rows = await connection.query<{ seq: number }[]>(
        `SELECT seq FROM search_doc WHERE room_id = ? AND seq <= ?
         ORDER BY seq LIMIT ${REMOVED_AT_ONCE} FOR UPDATE`,
        [room, toSeq],
      )
      removed = rows.length
      if (removed > 0)
        await removeDocs(
          connection,
          room,
          rows.map(({ seq }) => seq),
        )
    })
    if (removed < REMOVED_AT_ONCE) return
  }
}
