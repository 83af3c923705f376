import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { HistoryLine, RunLine } from './history-line.ts'

/** Lines wait here until they are worth a call of the system. */
const BUFFERED_CHARACTERS = 256 * 1_024
const FLUSH_EVERY_MS = 1_000

export interface HistoryWriter {
  /** The number of the line in the file, counted from 1. */
  write(line: HistoryLine): number
  /** How many lines have been written. */
  readonly lines: number
  /** What is written so far is in the file: others can read it. */
  flush(): void
  /** Everything is on the disk. May be called twice. */
  close(): void
}

/**
 * Writes a history to a file that is new or is replaced. `run` is its first line.
 *
 * It writes in the caller's turn: whoever records faster than the disk takes it is held up, and there
 * is never more in memory than one buffer. What fails (a full disk) is thrown where it is written.
 */
export function writeHistory(path: string, run: RunLine): HistoryWriter {
  const file = openSync(path, 'w')
  let waiting: string[] = []
  let characters = 0
  let lines = 0
  let isOpen = true

  const flush = (): void => {
    if (characters === 0) return
    const bytes = Buffer.from(waiting.join(''))
    waiting = []
    characters = 0
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
  }
  const write = (line: HistoryLine): number => {
    if (!isOpen) throw new Error('The history is closed.')
    const text = `${JSON.stringify(line)}\n`
    waiting.push(text)
    characters += text.length
    lines += 1
    if (characters >= BUFFERED_CHARACTERS) flush()
    return lines
  }
  // A run that is killed leaves what was seen up to a second before.
  const flushing = setInterval(flush, FLUSH_EVERY_MS)
  flushing.unref()
  write(run)
  flush()

  return {
    write,
    get lines() {
      return lines
    },
    flush,
    close() {
      if (!isOpen) return
      isOpen = false
      clearInterval(flushing)
      try {
        flush()
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
    },
  }
}
