import type { PoolConnection } from '../connect.ts'
import { groupBy } from './group-by.ts'
import { packRun, unpackRun, type IndexedDoc } from './search-run.ts'

/** Docs that are written together, ascending by `seq`. Runs of a room do not overlap. */
export interface StoredRun {
  readonly fromSeq: number
  readonly toSeq: number
  readonly docs: readonly IndexedDoc[]
}

/** Read and written whole, when one of them changes. */
const DOCS_PER_RUN = 256

interface RunRow {
  readonly from_seq: number
  readonly to_seq: number
  readonly docs: Buffer
}

/** Those that hold something of what is from one `seq` to another, both included. */
export async function findRuns(
  connection: PoolConnection,
  room: Buffer,
  fromSeq: number,
  toSeq: number,
  limit = 1_000_000,
): Promise<StoredRun[]> {
  const rows = await connection.query<RunRow[]>(
    `SELECT from_seq, to_seq, docs FROM search_run
     WHERE room_id = ? AND from_seq <= ? AND to_seq >= ? AND from_seq >= COALESCE(
       (SELECT MAX(r.from_seq) FROM search_run r WHERE r.room_id = ? AND r.from_seq <= ?), 0)
     ORDER BY from_seq LIMIT ?`,
    [room, toSeq, fromSeq, room, fromSeq, limit],
  )
  return rows.map((row) => ({
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    docs: unpackRun(row.docs),
  }))
}

/**
 * Puts docs into the runs that they are within, and those between runs into new ones. `runs` are all
 * there are from the first of the docs to the last.
 */
export async function writeRuns(
  connection: PoolConnection,
  room: Buffer,
  runs: readonly StoredRun[],
  docs: ReadonlyMap<number, IndexedDoc>,
): Promise<void> {
  const sorted = [...docs.values()].toSorted((one, other) => one.seq - other.seq)
  let passed = 0
  const placeOf = (doc: IndexedDoc): StoredRun | number => {
    while (passed < runs.length && (runs[passed]?.toSeq ?? 0) < doc.seq) passed += 1
    const run = runs[passed]
    return run !== undefined && run.fromSeq <= doc.seq ? run : passed
  }
  const places = groupBy(sorted, placeOf)
  const gone: number[] = []
  const made: IndexedDoc[][] = []
  for (const run of runs) {
    const changed = places.get(run)
    if (changed === undefined && run.docs.length > 0) continue
    gone.push(run.fromSeq)
    const bySeq = new Map([...run.docs, ...(changed ?? [])].map((doc) => [doc.seq, doc]))
    made.push([...bySeq.values()].toSorted((one, other) => one.seq - other.seq))
  }
  for (const [place, some] of places) if (typeof place === 'number') made.push(some)
  if (gone.length > 0) {
    await connection.query(
      `DELETE FROM search_run WHERE room_id = ? AND from_seq IN (${gone.map(() => '?').join()})`,
      [room, ...gone],
    )
  }
  const rows: unknown[][] = []
  for (const some of made) {
    for (let i = 0; i < some.length; i += DOCS_PER_RUN) {
      const part = some.slice(i, i + DOCS_PER_RUN)
      rows.push([room, part[0]?.seq, part.at(-1)?.seq, packRun(part)])
    }
  }
  if (rows.length === 0) return
  await connection.query(
    `INSERT INTO search_run (room_id, from_seq, to_seq, docs)
     VALUES ${rows.map(() => '(?,?,?,?)').join()}`,
    rows.flat(),
  )
}
