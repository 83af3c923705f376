import type { WriteStream } from 'node:tty'

export interface Progress {
  /** What is done now; the step before is over. */
  readonly step: (text: string) => void
  /** How far the step is, asked for whenever it is shown. */
  readonly follow: (text: () => string) => void
  /** A line that stays. */
  readonly note: (text: string) => void
  readonly end: () => void
}

const MOVE_EVERY_MS = 200
const SAY_EVERY_MS = 5_000

/** On standard error: on a terminal one line that moves, elsewhere a line every five seconds. */
export function createProgress(stream: WriteStream = process.stderr): Progress {
  const startedAt = performance.now()
  let current: (() => string) | null = null
  const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(0)} s`
  const line = (text: string): void => void stream.write(`${clear()}${text}\n`)
  const clear = (): string => (stream.isTTY ? '\r\u001B[2K' : '')
  const show = (): void => {
    if (current === null) return
    const text = `${seconds()}  ${current()}`
    if (stream.isTTY) stream.write(`${clear()}${text.slice(0, (stream.columns ?? 80) - 1)}`)
    else line(text)
  }
  const timer = setInterval(show, stream.isTTY ? MOVE_EVERY_MS : SAY_EVERY_MS)
  timer.unref()
  return {
    step(text) {
      line(`${seconds()}  ${text}`)
      current = null
    },
    follow: (text) => void (current = text),
    note: line,
    end() {
      clearInterval(timer)
      current = null
      if (stream.isTTY) stream.write(clear())
    },
  }
}
