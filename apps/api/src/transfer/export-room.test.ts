import { expect, test } from 'vitest'
import type { VersionRow } from '../history/message-versions.ts'
import { createExportRoom, type ExportedMessage } from './export-room.ts'

const ts = new Date(0)
const messageOf = (seq: number): ExportedMessage => ({
  seq,
  msgNo: seq,
  senderId: 'ada',
  username: null,
  displayName: 'Ada',
  ts,
  body: { type: 'text', text: `now ${seq}` },
  version: 3,
  editedAt: null,
  deletedAt: null,
})

/** A room of two messages with four versions each, of which two are read at once. */
function begin(changeOf: (version: number) => VersionRow['change']) {
  const reads: string[] = []
  const room = { kind: 'room', name: null, topic: null, visibility: 'public', history: 'all' }
  const run = createExportRoom({
    store: {
      facts: async () => ({ ...room, createdAt: ts, head: 2, erasedTo: 0 }),
      page: async (_room, from) => ({ messages: [messageOf(from)], isLast: from === 2 }),
    },
    readVersions: async (_room, seq, after) => {
      reads.push(`${seq} after ${after}`)
      const rows = [1, 2].map((n) => ({ version: after + n, ts, change: changeOf(after + n) }))
      return { rows, hasMore: after < 1 }
    },
  })
  const pieces = async (): Promise<string[]> => {
    const { signal } = new AbortController()
    const told: string[] = []
    const allow = async () => ({ visibleFrom: 1 })
    for await (const piece of await run('r', { versions: true }, allow, signal)) told.push(piece)
    return told
  }
  return { reads, pieces }
}
const linesOf = (pieces: readonly string[]) =>
  pieces
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('versions are read some at a time, and go out one by one', async () => {
  const { reads, pieces } = begin((version) => (version === 0 ? { text: 'zero' } : {}))
  const told = await pieces()
  expect(reads).toEqual(['1 after -1', '1 after 1', '2 after -1', '2 after 1'])
  for (const piece of told) expect(piece.split('"version":').length).toBeLessThanOrEqual(3)
  const [, first, second, end] = linesOf(told)
  expect(first).toMatchObject({ seq: 1, text: 'now 1' })
  expect(first.versions).toMatchObject([0, 1, 2, 3].map((version) => ({ version, text: 'zero' })))
  expect(second.versions).toHaveLength(4)
  expect(end).toEqual({ kind: 'end', messages: 2, head: 2 })
})

test('of a message that is deleted meanwhile nothing more goes out, and the line is whole', async () => {
  const late = begin((version) => (version > 1 ? { deleted: true } : { text: 'old' }))
  const [, first] = linesOf(await late.pieces())
  expect(first.versions).toHaveLength(2)
  const early = begin(() => ({ deleted: true }))
  const [, bare, , end] = linesOf(await early.pieces())
  expect(bare).not.toHaveProperty('versions')
  expect(end).toMatchObject({ kind: 'end', messages: 2 })
})
