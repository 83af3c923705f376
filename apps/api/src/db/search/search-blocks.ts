import type { PoolConnection } from '../connect.ts'
import { fromKeys } from '../key-list.ts'
import { comparePlaces, readPlaces, writePlaces, type Place } from './place-list.ts'
import type { Piece } from './room-streams.ts'
import { insertBlocks, type BlockKey, type BlockRow } from './insert-blocks.ts'
import { ByteWriter } from './varints.ts'

const ROWS_PER_STATEMENT = 2_000
const KEYS_PER_STATEMENT = 1_000

/** What is to be done to the blocks of one piece: by word, places that come to it or go. */
export interface BlockChange {
  readonly piece: Piece
  /** The piece has no blocks yet. */
  readonly isNew: boolean
  readonly places: Map<string, Place[]>
}

export type BlockChanges = Map<Piece, BlockChange>

export function notePlaces(
  changes: BlockChanges,
  piece: Piece,
  isNew: boolean,
  place: Place,
  tokens: readonly string[],
): void {
  let change = changes.get(piece)
  if (change === undefined) {
    change = { piece, isNew, places: new Map() }
    changes.set(piece, change)
  }
  const { places } = change
  for (const token of tokens) {
    const there = places.get(token)
    if (there === undefined) places.set(token, [place])
    else there.push(place)
  }
}

const GROWN = `ON DUPLICATE KEY UPDATE newest_at = GREATEST(newest_at, VALUES(newest_at)),
  places = CONCAT(places, VALUES(places))`
const REPLACED = 'ON DUPLICATE KEY UPDATE newest_at = VALUES(newest_at), places = VALUES(places)'

/** Words of a piece in the order of the key, so that rows are written side by side. */
const inOrder = (places: ReadonlyMap<string, Place[]>): string[] => [...places.keys()].toSorted()

export async function addPlaces(
  connection: PoolConnection,
  room: Buffer,
  { piece, isNew, places }: BlockChange,
): Promise<void> {
  const { stream, at, seq } = piece
  const words = inOrder(places)
  const writer = new ByteWriter()
  const ends = words.map((token) => {
    writePlaces(writer, piece, places.get(token) ?? [])
    return writer.length
  })
  const bytes = writer.bytes()
  const rows = words.map((token, i): BlockRow => {
    const newestAt = places.get(token)?.at(-1)?.at ?? at
    const list = bytes.subarray(ends[i - 1] ?? 0, ends[i])
    return [room, Buffer.from(token, 'utf8'), stream, at, seq, newestAt, list]
  })
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT) {
    await insertBlocks(connection, rows.slice(i, i + ROWS_PER_STATEMENT), isNew ? '' : GROWN)
  }
}

const KEY = [
  ['room_id', 'binary'],
  ['token', 'binary'],
  ['stream', 'number'],
  ['at', 'number'],
  ['seq', 'number'],
] as const

/** A block that nothing is left in is gone. */
export async function removePlaces(
  connection: PoolConnection,
  room: Buffer,
  { piece, places }: BlockChange,
): Promise<void> {
  const words = inOrder(places)
  for (let i = 0; i < words.length; i += KEYS_PER_STATEMENT) {
    const some = words.slice(i, i + KEYS_PER_STATEMENT)
    const keyOf = (token: Buffer): BlockKey => [room, token, piece.stream, piece.at, piece.seq]
    const asked = some.map((token) => keyOf(Buffer.from(token, 'utf8')))
    const { from, values } = fromKeys('search_block', 'b', KEY, asked)
    const rows = await connection.query<{ token: Buffer; places: Buffer }[]>(
      `SELECT b.token, b.places ${from} FOR UPDATE`,
      values,
    )
    const empty: BlockKey[] = []
    const kept: BlockRow[] = []
    for (const row of rows) {
      const gone = new Set((places.get(row.token.toString('utf8')) ?? []).map(({ seq }) => seq))
      const left = readPlaces(row.places, piece)
        .filter(({ seq }) => !gone.has(seq))
        .toSorted(comparePlaces)
      if (left.length === 0) {
        empty.push(keyOf(row.token))
        continue
      }
      const writer = new ByteWriter()
      writePlaces(writer, piece, left)
      kept.push([...keyOf(row.token), left.at(-1)?.at ?? piece.at, writer.bytes()])
    }
    if (empty.length > 0) {
      const { from: these, values: keys } = fromKeys('search_block', 'b', KEY, empty)
      await connection.query(`DELETE b ${these}`, keys)
    }
    if (kept.length > 0) await insertBlocks(connection, kept, REPLACED)
  }
}
