import { expect, test } from 'vitest'
import { checkHistory } from '../checks/check-history.ts'
import { CHECKS } from '../checks/violation.ts'
import { Draft } from '../testing/draft.ts'
import { exampleHistory } from '../testing/example-history.ts'
import { printTable, summarise } from './table.ts'
import { createTally, tallied } from './tally.ts'
import { collectLines, printWindow } from './window.ts'

async function report(draft: Draft) {
  const tally = createTally()
  const results = await checkHistory(tallied(draft.lines, tally))
  return { tally, results }
}

test('the table counts operations, faults and evidence', async () => {
  const { tally, results } = await report(new Draft(exampleHistory()))
  const rows = printTable(tally, results).split('\n')
  expect(rows).toContainEqual(expect.stringMatching(/^operation +via +ok +fail +info$/))
  expect(rows).toContainEqual(expect.stringMatching(/^send +websocket +6 +1 +1$/))
  expect(rows).toContainEqual(expect.stringMatching(/^kill +g1 +10\.000 s +11\.000 s$/))
  expect(rows).toContainEqual(expect.stringMatching(/^C1 +held +18$/))
  expect(rows).toContain('35 events were handed to readers.')
})

test('the table says what was violated, and what was not looked at', async () => {
  const draft = new Draft(exampleHistory())
  draft.repeat(draft.find({ kind: 'row', roomId: 'hall', seq: 4 }))
  draft.drop(draft.find({ what: 'presence' }))
  const { tally, results } = await report(draft)
  const rows = printTable(tally, results).split('\n')
  expect(rows).toContainEqual(expect.stringMatching(/^C1 +violated 1 +18$/))
  expect(rows).toContainEqual(expect.stringMatching(/^I11 +not checked +0$/))
})

test('the summary has every check, and tells 0 from not looked', async () => {
  const draft = new Draft(exampleHistory())
  draft.repeat(draft.find({ kind: 'row', roomId: 'hall', seq: 4 }))
  draft.drop(draft.find({ what: 'presence' }))
  const { tally, results } = await report(draft)
  const summary = summarise(tally, results)
  expect(summary).toMatchObject({ seed: 7, ops: 18, acked: 6, delivered: 35, faults: 1 })
  expect(Object.keys(summary.violations)).toEqual([...CHECKS])
  expect(summary.violations).toMatchObject({ C1: 1, C2: 0, I4: 1, I11: 0 })
  expect(summary.notChecked).toEqual(['I11'])
})

test('a window shows the lines of a violation in the order of time', async () => {
  const draft = new Draft(exampleHistory())
  draft.drop(draft.find({ kind: 'delivery', reader: 'ws-bob', roomId: 'hall', seq: 6 }))
  const { results } = await report(draft)
  const violation = results.flatMap(({ violations }) => violations)[0]
  if (violation === undefined) throw new Error('Nothing was found.')
  const lines = await collectLines(draft.lines, [violation])
  expect(lines.size).toBe(2)
  expect(printWindow(violation, lines).split('\n')).toEqual([
    'C4  ws-bob was handed 7 after 5 of room hall',
    '      0.023 s  ws-bob  handed 5 (live by websocket): message:created by bob {"type":"text","text":"hi"}  (line 11)',
    '      0.061 s  ws-bob  handed 7 (sync by websocket): message:deleted by bob {}  (line 21)',
  ])
})

test('every kind of line is told in words', async () => {
  const draft = new Draft(exampleHistory())
  const all = { check: 'C1', says: 'all', lines: draft.lines.map((_, at) => at + 1) } as const
  const shown = printWindow(all, await collectLines(draft.lines, [all])).split('\n')
  expect(shown).toHaveLength(draft.lines.length + 1)
  expect(shown).toContainEqual(
    expect.stringMatching(/0\.026 s +ws-bob +send "hi" by websocket, attempt 2: ok .* \(2 ms\)/),
  )
  expect(shown).toContainEqual(
    expect.stringMatching(/end +database +row 6: message:updated by ann about 4 /),
  )
  expect(shown).toContainEqual(expect.stringMatching(/10\.000 s +g1 +kill until 11\.000 s/))
  expect(shown).toContainEqual(
    expect.stringMatching(/50\.000 s +ws-ann +presence of bob is "online", expected "online"/),
  )
  expect(shown.join('\n')).not.toContain('undefined')
})
