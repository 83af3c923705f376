import { expect, test } from 'vitest'
import { GROUP_MS, indexOfKey, placeOfSeq, rowLook, saidAt } from './row-look.ts'

const said = (seq: number, minute: number, senderId = 'anna') => ({
  seq,
  ts: new Date(2026, 4, 3, 12, minute).toISOString(),
  isMine: false,
  type: 'text',
  sender: { id: senderId, username: null, displayName: senderId, avatarUrl: null },
})

test('what one person says within five minutes has one name above it', () => {
  expect(rowLook(undefined, said(1, 0), null)).toEqual({
    isHead: true,
    isNewDay: true,
    isFirstNew: false,
  })
  expect(rowLook(said(1, 0), said(2, 5), null).isHead).toBe(false)
  expect(rowLook(said(1, 0), said(2, 0, 'ben'), null).isHead).toBe(true)
  const late = {
    ...said(2, 0),
    ts: new Date(Date.parse(said(1, 0).ts) + GROUP_MS + 1).toISOString(),
  }
  expect(rowLook(said(1, 0), late, null).isHead).toBe(true)
  expect(rowLook(said(1, 0), { ...said(2, 1), replyTo: 1 }, null).isHead).toBe(true)
})

test('a day begins with a line, by the clock of the reader', () => {
  const evening = { ...said(1, 0), ts: new Date(2026, 4, 3, 23, 59).toISOString() }
  const night = { ...said(2, 0), ts: new Date(2026, 4, 4, 0, 1).toISOString() }
  expect(rowLook(evening, night, null)).toEqual({ isHead: true, isNewDay: true, isFirstNew: false })
  expect(rowLook(said(1, 0), said(2, 59), null).isNewDay).toBe(false)
  const imported = { ...said(2, 1), importedAt: new Date(2020, 1, 1).toISOString() }
  expect(saidAt(imported)).toBe(imported.importedAt)
  expect(rowLook(said(1, 0), imported, null).isNewDay).toBe(true)
})

test('the line of new messages is above the first that was not read, and nowhere else', () => {
  const rows = [said(3, 0), said(5, 1), said(6, 2)]
  const lines = (readTo: number | null): boolean[] =>
    rows.map((row, index) => rowLook(rows[index - 1], row, readTo).isFirstNew)
  expect(lines(null)).toEqual([false, false, false])
  expect(lines(4)).toEqual([false, true, false])
  expect(lines(5)).toEqual([false, false, true])
  expect(lines(0)).toEqual([true, false, false])
  expect(lines(6)).toEqual([false, false, false])
  // What waits to be sent has no place in the log yet.
  expect(rowLook(said(6, 2), said(0, 3), 6).isFirstNew).toBe(false)
})

test('a message is found by its place in the log, one that waits by its key', () => {
  const items = [3, 5, 9, 0, 0].map((seq, index) => ({ seq, key: `k${index}` }))
  expect([1, 3, 4, 9, 10].map((seq) => placeOfSeq(items, seq))).toEqual([0, 0, 1, 2, 3])
  expect(indexOfKey(items, { seq: 5, key: '' })).toBe(1)
  expect(indexOfKey(items, { seq: 0, key: 'k4' })).toBe(4)
  // It was stored meanwhile: the key is still the same.
  expect(indexOfKey(items, { seq: 0, key: 'k2' })).toBe(2)
  expect(indexOfKey(items, { seq: 7, key: 'gone' })).toBe(-1)
})
