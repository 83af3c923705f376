import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Place } from './place-list.ts'
import type { Piece } from './room-streams.ts'
import { ByteReader, ByteWriter } from './varints.ts'

/** What the index has of a message. */
export interface IndexedDoc extends Place {
  readonly revision: number
  /** Of which piece the blocks are that it is in; a message that was deleted before is in none. */
  readonly piece: Piece | null
  /** None: it was deleted, and nothing older than `revision` brings it back. */
  readonly tokens: readonly string[]
}

/** Fast: names and numbers repeat, and more effort gains little. */
const LEVEL = 1

/** Of docs that are ascending by `seq`: their words by number, and each word once. */
export function packRun(docs: readonly IndexedDoc[]): Buffer {
  const writer = new ByteWriter()
  const pieces = new Map<Piece, number>()
  const words = new Map<string, number>()
  for (const { piece } of docs) {
    if (piece !== null && !pieces.has(piece)) pieces.set(piece, pieces.size + 1)
  }
  writer.count(pieces.size)
  for (const { stream, at, seq } of pieces.keys()) {
    writer.count(stream)
    writer.count(at)
    writer.count(seq)
  }
  writer.count(docs.length)
  let before: Place = { at: 0, seq: 0 }
  for (const doc of docs) {
    writer.count(doc.seq - before.seq)
    writer.signed(doc.at - before.at)
    writer.signed(doc.revision - doc.seq)
    writer.count(doc.piece === null ? 0 : (pieces.get(doc.piece) ?? 0))
    writer.count(doc.tokens.length)
    for (const token of doc.tokens) {
      let number = words.get(token)
      if (number === undefined) {
        number = words.size
        words.set(token, number)
      }
      writer.count(number)
    }
    before = doc
  }
  for (const word of words.keys()) writer.text(word)
  return deflateRawSync(writer.bytes(), { level: LEVEL })
}

export function unpackRun(bytes: Buffer): IndexedDoc[] {
  const reader = new ByteReader(inflateRawSync(bytes))
  const pieces = Array.from({ length: reader.count() }, (): Piece => {
    const [stream, at, seq] = [reader.count(), reader.count(), reader.count()]
    return { stream, at, seq }
  })
  let [seq, at] = [0, 0]
  const docs = Array.from({ length: reader.count() }, () => {
    seq += reader.count()
    at += reader.signed()
    const revision = seq + reader.signed()
    const piece = pieces[reader.count() - 1] ?? null
    const numbers = Array.from({ length: reader.count() }, () => reader.count())
    return { seq, at, revision, piece, numbers }
  })
  const words: string[] = []
  while (!reader.isEnd) words.push(reader.text())
  return docs.map(({ numbers, ...doc }) => ({
    ...doc,
    tokens: numbers.map((number) => words[number] ?? ''),
  }))
}
