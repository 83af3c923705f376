import type { HistoryLine } from '../history/history-line.ts'
import type { Recorder } from '../load/recorder.ts'

/** A recorder that keeps nothing but what was wrong: for readers who go on for hours. */
export interface OrderWatch extends Recorder {
  readonly delivered: number
  /** The first of them, in words. */
  readonly problems: readonly string[]
}

const MOST_PROBLEMS = 20

/** Each reader is handed increasing `seq`, none twice and none skipped, from where it was told to begin. */
export function watchOrder(): OrderWatch {
  const startedMs = performance.now()
  const places = new Map<string, number>()
  const problems: string[] = []
  let delivered = 0
  const write = (line: HistoryLine): void => {
    if (line.kind === 'reader' && line.roomId !== undefined) {
      const place = `${line.reader} ${line.roomId}`
      if (line.what === 'removed') places.delete(place)
      else if (line.seq !== undefined) places.set(place, line.seq)
    }
    if (line.kind !== 'delivery') return
    delivered += 1
    const place = `${line.reader} ${line.roomId}`
    const before = places.get(place)
    places.set(place, line.seq)
    if (before === undefined || line.seq === before + 1 || problems.length >= MOST_PROBLEMS) return
    problems.push(`${line.reader} was handed ${line.seq} after ${before} of room ${line.roomId}`)
  }
  return {
    now: () => performance.now() - startedMs,
    write,
    get delivered() {
      return delivered
    },
    problems,
  }
}
