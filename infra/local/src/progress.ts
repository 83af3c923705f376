import type { WriteStream } from 'node:tty'

export interface Progress {
  /** Ends the step before, if there is one. */
  readonly step: (text: string) => void
  /** A line between the steps. */
  readonly note: (text: string) => void
  /** The last step is done. */
  readonly done: () => void
  /** The last step failed. */
  readonly fail: () => void
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** On a terminal one line that moves for each step; plain lines where nobody watches. */
export function createProgress(stream: WriteStream = process.stderr): Progress {
  return stream.isTTY ? movingProgress(stream) : plainProgress(stream)
}

function plainProgress(stream: WriteStream): Progress {
  const line = (text: string): void => void stream.write(`${text}\n`)
  return {
    step: (text) => line(`${text} …`),
    note: line,
    done: () => undefined,
    fail: () => undefined,
  }
}

function movingProgress(stream: WriteStream): Progress {
  let current: { readonly text: string; readonly startedAt: number } | undefined
  let timer: NodeJS.Timeout | undefined
  let frame = 0
  const seconds = (): string =>
    `${((performance.now() - (current?.startedAt ?? 0)) / 1_000).toFixed(1)} s`
  const draw = (sign: string, end: string): void => {
    if (current !== undefined)
      stream.write(`\r\u001B[2K${sign} ${current.text} (${seconds()})${end}`)
  }
  const end = (sign: string): void => {
    clearInterval(timer)
    draw(sign, '\n')
    current = undefined
  }
  return {
    step: (text) => {
      end('✓')
      current = { text, startedAt: performance.now() }
      timer = setInterval(() => draw(FRAMES[frame++ % FRAMES.length] ?? '', ''), 100)
      timer.unref()
      draw(FRAMES[0] ?? '', '')
    },
    note: (text) => {
      if (current !== undefined) stream.write('\r\u001B[2K')
      stream.write(`${text}\n`)
    },
    done: () => end('✓'),
    fail: () => end('✗'),
  }
}
