import { SqlError } from 'mariadb'
import { docTokens } from '../../search/index-tokens.ts'
import type { RemovedDoc, SearchDoc } from '../../search/search-index.ts'
import { toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inTransaction } from '../transaction.ts'
import { groupBy } from './group-by.ts'
import { packStreams, placeDocs, unpackStreams, type Piece, type Stream } from './room-streams.ts'
import { addPlaces, notePlaces, removePlaces, type BlockChanges } from './search-blocks.ts'
import { findRuns, writeRuns, type StoredRun } from './run-store.ts'
import type { IndexedDoc } from './search-run.ts'

/** A message as it is about to stand in the index; without tokens it is a tombstone. */
interface Entry {
  readonly seq: number
  readonly revision: number
  readonly at: number
  readonly tokens: readonly string[]
}

const DOCS_PER_TRANSACTION = 1_024
const RUNS_REMOVED_AT_ONCE = 4
/** Duplicate key, lock wait timeout, deadlock: another one was at the same room. */
const LOST = new Set([1062, 1205, 1213])
const ATTEMPTS = 6

/** Whoever changes what the index has of a room holds its row: one at a time. */
async function inRoom(
  pool: Pool,
  room: Buffer,
  run: (connection: PoolConnection, streams: readonly Stream[]) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(pool, async (connection) => {
        const lock = () =>
          connection.query<{ streams: string }[]>(
            'SELECT streams FROM search_room WHERE room_id = ? FOR UPDATE',
            [room],
          )
        let [row] = await lock()
        if (row === undefined) {
          await connection.query(
            "INSERT IGNORE INTO search_room (room_id, indexed_to, streams) VALUES (?, 0, '[]')",
            [room],
          )
          ;[row] = await lock()
        }
        await run(connection, unpackStreams(row?.streams ?? '[]'))
      })
    } catch (error) {
      const isLost = error instanceof SqlError && LOST.has(error.errno)
      if (!isLost || attempt === ATTEMPTS) throw error
    }
  }
}

/** Up to where the room's messages are erased: asked behind the lock, which erasing takes afterwards. */
async function erasedTo(connection: PoolConnection, room: Buffer): Promise<number> {
  const [row] = await connection.query<{ erased_to: number; purged_to: number | null }[]>(
    `SELECT r.erased_to, p.purged_to FROM room r LEFT JOIN room_purge p ON p.room_id = r.id
     WHERE r.id = ?`,
    [room],
  )
  return Math.max(row?.erased_to ?? 0, row?.purged_to ?? 0)
}

function isSame(before: IndexedDoc, entry: Entry): boolean {
  if (before.tokens.length !== entry.tokens.length) return false
  if (entry.tokens.length > 0 && before.at !== entry.at) return false
  const there = new Set(before.tokens)
  return entry.tokens.every((token) => there.has(token))
}

/** What a transaction is going to do. */
interface Changes {
  readonly docs: Map<number, IndexedDoc>
  readonly fresh: Entry[]
  readonly added: BlockChanges
  readonly removed: BlockChanges
}

/** A message that is there already: what of its words goes and what comes, in the blocks of its piece. */
function change({ docs, fresh, added, removed }: Changes, before: IndexedDoc, entry: Entry): void {
  const { seq, revision } = entry
  const piece: Piece | null = before.piece
  const isGone = entry.tokens.length === 0
  if (isSame(before, entry)) {
    docs.set(seq, { ...before, revision })
    return
  }
  const stays = !isGone && piece !== null && before.at === entry.at
  const [had, has] = [new Set(before.tokens), new Set(entry.tokens)]
  if (piece !== null) {
    const gone = stays ? before.tokens.filter((token) => !has.has(token)) : before.tokens
    notePlaces(removed, piece, false, before, gone)
  }
  if (isGone) docs.set(seq, { ...before, revision, tokens: [] })
  else if (stays) {
    const come = entry.tokens.filter((token) => !had.has(token))
    notePlaces(added, piece, false, before, come)
    docs.set(seq, { ...entry, piece })
  } else fresh.push(entry)
}

async function putEntries(
  connection: PoolConnection,
  room: Buffer,
  entries: readonly Entry[],
  streams: readonly Stream[],
): Promise<void> {
  const [first, last] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0]
  const [runs, erased] = await Promise.all([
    findRuns(connection, room, first, last),
    erasedTo(connection, room),
  ])
  const there = new Map(runs.flatMap(({ docs }) => docs).map((doc) => [doc.seq, doc]))
  const changes: Changes = { docs: new Map(), fresh: [], added: new Map(), removed: new Map() }
  for (const entry of entries) {
    if (entry.seq <= erased) continue
    const before = there.get(entry.seq)
    if (before === undefined) {
      if (entry.tokens.length > 0) changes.fresh.push(entry)
      else changes.docs.set(entry.seq, { ...entry, piece: null })
    } else if (before.revision < entry.revision) change(changes, before, entry)
    else if (before.revision === entry.revision && !isSame(before, entry)) {
      change(changes, before, entry)
    }
  }
  const { streams: after, placed } = placeDocs(streams, changes.fresh)
  for (const { piece, isNew, docs } of placed) {
    for (const doc of docs) {
      notePlaces(changes.added, piece, isNew, doc, doc.tokens)
      changes.docs.set(doc.seq, { ...doc, piece })
    }
  }
  if (changes.docs.size === 0) return
  for (const removed of changes.removed.values()) await removePlaces(connection, room, removed)
  for (const added of changes.added.values()) await addPlaces(connection, room, added)
  await writeRuns(connection, room, runs, changes.docs)
  if (placed.length > 0) {
    await connection.query('UPDATE search_room SET streams = ? WHERE room_id = ?', [
      packStreams(after),
      room,
    ])
  }
}

async function putAll(
  pool: Pool,
  entries: readonly (Entry & { readonly roomId: string })[],
): Promise<void> {
  for (const [roomId, ofRoom] of groupBy(entries, (entry) => entry.roomId)) {
    const room = toBytes(roomId)
    // Of one message the latest only.
    const bySeq = new Map<number, Entry>()
    for (const entry of ofRoom) {
      const there = bySeq.get(entry.seq)
      if (there === undefined || there.revision <= entry.revision) bySeq.set(entry.seq, entry)
    }
    const sorted = [...bySeq.values()].toSorted((one, other) => one.seq - other.seq)
    for (let i = 0; i < sorted.length; i += DOCS_PER_TRANSACTION) {
      const some = sorted.slice(i, i + DOCS_PER_TRANSACTION)
      await inRoom(pool, room, (connection, streams) => putEntries(connection, room, some, streams))
    }
  }
}

export const putDocs = (pool: Pool, docs: readonly SearchDoc[]): Promise<void> =>
  putAll(
    pool,
    docs.map((doc) => ({
      roomId: doc.roomId,
      seq: doc.seq,
      revision: doc.revision,
      at: doc.at,
      tokens: docTokens(doc),
    })),
  )

/** An entry without tokens stays, so that an older doc that comes late does not bring it back. */
export const removeTokens = (pool: Pool, docs: readonly RemovedDoc[]): Promise<void> =>
  putAll(
    pool,
    docs.map((doc) => ({ ...doc, at: 0, tokens: [] })),
  )

/** Nothing is left of them, words or notes of words. */
export async function removeDocsUpTo(pool: Pool, roomId: string, toSeq: number): Promise<void> {
  const room = toBytes(roomId)
  for (;;) {
    let runs: readonly StoredRun[] = []
    await inRoom(pool, room, async (connection) => {
      runs = await findRuns(connection, room, 0, toSeq, RUNS_REMOVED_AT_ONCE)
      const removed: BlockChanges = new Map()
      const left = new Map<number, IndexedDoc>()
      for (const doc of runs.flatMap(({ docs }) => docs)) {
        if (doc.seq > toSeq) left.set(doc.seq, doc)
        else if (doc.piece !== null) notePlaces(removed, doc.piece, false, doc, doc.tokens)
      }
      for (const one of removed.values()) await removePlaces(connection, room, one)
      const emptied = runs.map((run) => ({ ...run, docs: [] }))
      if (runs.length > 0) await writeRuns(connection, room, emptied, left)
    })
    if (runs.length < RUNS_REMOVED_AT_ONCE) return
  }
}
