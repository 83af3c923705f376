import { expect, test } from 'vitest'
import type { OperationLine } from '../history/history-line.ts'
import { lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'

/** Two messages that were sent without waiting in between, the first of them stored last. */
const turned = (first: Partial<OperationLine> = {}, both: Partial<OperationLine> = {}) => {
  const sent = (key: string, invokedMs: number, seq: number) => ({
    process: 'ws-ann',
    op: 'send' as const,
    roomId: 'hall',
    key,
    value: key,
    invokedMs,
    completedMs: 20,
    result: { seq },
  })
  return [
    lineOf.run(),
    lineOf.asked({ ...sent('k1', 10, 5), ...both, ...first }),
    lineOf.asked({ ...sent('k2', 11, 4), ...both }),
  ]
}

async function found(lines: ReturnType<typeof turned>) {
  const results = await checkHistory(lines)
  return results.find(({ check }) => check === 'I7')
}

test.each(['websocket', 'polling', 'sdk'] as const)(
  'by %s what was sent first stands first, also where nobody waited',
  async (via) => {
    const result = await found(turned({}, { via }))
    expect(result).toMatchObject({ found: 1, violations: [{ lines: [2, 3] }] })
  },
)

test.each([
  ['over HTTP', turned({}, { via: 'http' })],
  ['in the same moment', turned({ invokedMs: 11 })],
  ['where the first was asked for again', turned({ attempt: 1, result: { seq: 5, dup: true } })],
])('%s there is no order to keep', async (_how, lines) => {
  expect((await found(lines))?.found).toBe(0)
})
