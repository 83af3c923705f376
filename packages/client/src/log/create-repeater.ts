import { ChatError } from '../chat-error.ts'

export interface RepeaterPorts {
  readonly run: () => Promise<void>
  /** Waits so long for more to be asked for together. */
  readonly gatherMs?: number | (() => number)
  /** Whether it is of use to try again after this. By default always. */
  readonly mayRetry?: (error: unknown) => boolean
  readonly random?: (() => number) | undefined
}

export interface Repeater {
  /** Runs soon: once at a time, and once more if it was asked for while it ran. */
  readonly ask: () => void
  /** As `ask`, without waiting. Resolves when it has run, whatever came of it. */
  readonly now: () => Promise<void>
  /** What is not begun is not run. */
  readonly stop: () => void
}

const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 15_000

/** Full jitter, so that many who failed together do not come back together. */
const pauseMs = (attempt: number, error: unknown, random: () => number): number => {
  const asked = error instanceof ChatError ? (error.retryAfterMs ?? 0) : 0
  return asked + random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
}

export function createRepeater(ports: RepeaterPorts): Repeater {
  const { gatherMs = 0, mayRetry = () => true, random = Math.random } = ports
  let timer: ReturnType<typeof setTimeout> | undefined
  let isRunning = false
  let isAskedAgain = false
  let running = Promise.resolve()
  let failures = 0
  /** What ran when it was stopped is not tried again: it would keep a program from ending. */
  let stops = 0

  const arm = (pause = 0): void => {
    timer ??= setTimeout(begin, pause + (typeof gatherMs === 'number' ? gatherMs : gatherMs()))
  }
  const disarm = (): void => {
    clearTimeout(timer)
    timer = undefined
  }

  const begin = (): Promise<void> => {
    disarm()
    return (running = run())
  }

  async function run(): Promise<void> {
    const stopsBefore = stops
    isRunning = true
    isAskedAgain = false
    try {
      await ports.run()
      failures = 0
      if (isAskedAgain) arm()
    } catch (error) {
      const isWanted = stops === stopsBefore && mayRetry(error)
      if (isWanted || isAskedAgain) arm(pauseMs(failures, error, random))
      failures += 1
    } finally {
      isRunning = false
    }
  }

  return {
    ask() {
      if (isRunning) isAskedAgain = true
      else arm()
    },
    now() {
      if (!isRunning) return begin()
      isAskedAgain = true
      return running.then(() => (timer === undefined ? running : begin()))
    },
    stop() {
      disarm()
      stops += 1
      isAskedAgain = false
      failures = 0
    },
  }
}
