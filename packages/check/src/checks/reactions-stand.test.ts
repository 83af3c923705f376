import { expect, test } from 'vitest'
import type { HistoryLine, OperationLine } from '../history/history-line.ts'
import { anEvent, lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'

type Wish = readonly [
  mode: 'on' | 'off',
  fromMs: number,
  toMs: number,
  type?: OperationLine['type'],
]

const wish = ([mode, invokedMs, completedMs, type = 'ok']: Wish): HistoryLine =>
  lineOf.asked({
    process: 'ws-ann',
    op: 'react',
    roomId: 'hall',
    ref: 1,
    value: 'ok',
    mode,
    invokedMs,
    completedMs,
    type,
  })
const logOf = (...changes: readonly boolean[]): HistoryLine[] => [
  lineOf.row('hall', anEvent(1, 'message:created', { by: 'bob', msgNo: 1, data: { text: 'a' } })),
  ...changes.map((on, at) =>
    lineOf.row(
      'hall',
      anEvent(at + 2, 'reaction:changed', { by: 'ann', ref: 1, data: { key: 'ok', on } }),
    ),
  ),
]

async function found(wishes: readonly Wish[], ...changes: readonly boolean[]): Promise<number> {
  const results = await checkHistory([lineOf.run(), ...wishes.map(wish), ...logOf(...changes)])
  return results.find(({ check }) => check === 'C2')?.found ?? 0
}

test.each<[string, readonly Wish[], readonly boolean[]]>([
  ['on', [['on', 1, 2]], [true]],
  [
    'off again',
    [
      ['on', 1, 2],
      ['off', 3, 4],
    ],
    [true, false],
  ],
  ['off, as it never was on', [['off', 3, 4]], []],
  [
    'whatever, as both were asked for at the same time',
    [
      ['on', 1, 5],
      ['off', 2, 4],
    ],
    [false, true],
  ],
  [
    'whatever, as nobody knows of one',
    [
      ['on', 1, 2, 'info'],
      ['off', 3, 4],
    ],
    [false, true],
  ],
  [
    'on, as the other was refused',
    [
      ['on', 1, 2],
      ['off', 3, 4, 'fail'],
    ],
    [true],
  ],
])('%s', async (_what, wishes, changes) => {
  expect(await found(wishes, ...changes)).toBe(0)
})

test.each<[string, readonly Wish[], readonly boolean[]]>([
  ['on, and nothing is there', [['on', 1, 2]], []],
  [
    'off, and it was set again after that',
    [
      ['on', 1, 2],
      ['off', 3, 4],
    ],
    [true, false, true],
  ],
  [
    'on, and it was taken back by nobody',
    [
      ['off', 1, 2],
      ['on', 3, 4],
    ],
    [true, false],
  ],
])('what was acknowledged as %s, does not stand', async (_what, wishes, changes) => {
  expect(await found(wishes, ...changes)).toBe(1)
})
