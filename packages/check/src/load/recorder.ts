import type { HistoryLine } from '../history/history-line.ts'

/** Takes down what happens, as it happens. */
export interface Recorder {
  /** Milliseconds since the run began. */
  readonly now: () => number
  readonly write: (line: HistoryLine) => void
}
