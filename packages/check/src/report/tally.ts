import type { FaultLine, HistoryLine, OperationLine, RunLine } from '../history/history-line.ts'

/** What a history is made of, in numbers. */
export interface Tally {
  run: RunLine | undefined
  lines: number
  /** It has its last line: neither was the run broken off, nor the file cut. */
  isWhole: boolean
  deliveries: number
  /** Sends that were answered `ok`. */
  acked: number
  /** By `op`, then by `via`. */
  readonly operations: Map<OperationLine['op'], Map<OperationLine['via'], Outcomes>>
  readonly faults: FaultLine[]
}

export interface Outcomes {
  ok: number
  fail: number
  info: number
}

export const createTally = (): Tally => ({
  run: undefined,
  lines: 0,
  isWhole: false,
  deliveries: 0,
  acked: 0,
  operations: new Map(),
  faults: [],
})

/** Counts what passes: `checkHistory(tallied(readHistory(path), tally))`. */
export async function* tallied(
  lines: AsyncIterable<HistoryLine> | Iterable<HistoryLine>,
  tally: Tally,
): AsyncGenerator<HistoryLine, void> {
  for await (const line of lines) {
    countLine(tally, line)
    yield line
  }
}

function countLine(tally: Tally, line: HistoryLine): void {
  tally.lines += 1
  if (line.kind === 'run') tally.run = line
  else if (line.kind === 'delivery') tally.deliveries += 1
  else if (line.kind === 'fault') tally.faults.push(line)
  else if (line.kind === 'mark') tally.isWhole ||= line.what === 'end'
  else if (line.kind === 'operation') {
    if (line.op === 'send' && line.type === 'ok') tally.acked += 1
    const byVia = tally.operations.get(line.op) ?? new Map<OperationLine['via'], Outcomes>()
    tally.operations.set(line.op, byVia)
    const outcomes = byVia.get(line.via) ?? { ok: 0, fail: 0, info: 0 }
    byVia.set(line.via, outcomes)
    outcomes[line.type] += 1
  }
}
