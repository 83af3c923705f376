import { setTimeout as sleep } from 'node:timers/promises'

export interface Look {
  readonly isDone: boolean
  /** Another one as soon as anything has moved. */
  readonly picture: string
}

export interface UntilStillOptions {
  /** Nothing has moved for so long: nothing will. */
  readonly quietMs: number
  readonly everyMs: number
}

/** What moves for ever, without being done, is not waited for. */
const MOST_WAITS = 10

/** Until it is done, or will not be. */
export async function untilStill(
  look: () => Look | Promise<Look>,
  { quietMs, everyMs }: UntilStillOptions,
): Promise<void> {
  let movedMs = performance.now()
  const untilMs = movedMs + quietMs * MOST_WAITS
  let seen: string | undefined
  for (;;) {
    const { isDone, picture } = await look()
    const nowMs = performance.now()
    if (picture !== seen) [seen, movedMs] = [picture, nowMs]
    if (isDone || nowMs - movedMs >= quietMs || nowMs >= untilMs) return
    await sleep(everyMs)
  }
}
