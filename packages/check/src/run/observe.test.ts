import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HistoryLine } from '../history/history-line.ts'
import { observeCrashes, observeEnd } from './observe.ts'

function record() {
  const lines: HistoryLine[] = []
  return { lines, recorder: { now: () => 7, write: (line: HistoryLine) => void lines.push(line) } }
}

test('a process that runs out of memory leaves a crash in its log', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-observe-'))
  const { lines, recorder } = record()
  try {
    mkdirSync(join(dir, 'logs'))
    const log = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'
    writeFileSync(join(dir, 'logs', 'g1.log'), `{"level":30}\n${log}\n`)
    writeFileSync(join(dir, 'logs', 'a1.log'), '{"level":30}\n')
    await observeCrashes(dir, recorder)
  } finally {
    rmSync(dir, { recursive: true })
  }
  expect(lines).toMatchObject([
    { what: 'crash-log', subject: 'a1', value: 0 },
    { what: 'crash-log', subject: 'g1', value: 1 },
  ])
})

test('an end that nobody asked for is expected to be none', () => {
  const { lines, recorder } = record()
  observeEnd({ name: 'g1', how: 'SIGKILL', isExpected: true }, recorder)
  observeEnd({ name: 'a1', how: 'code 1', isExpected: false }, recorder)
  expect(lines[0]).toMatchObject({ what: 'exit', value: 'SIGKILL', expected: 'SIGKILL' })
  expect(lines[1]).not.toHaveProperty('expected')
})
