const PAUSE_MS = 250

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** Tries it until it was done once, but no longer than `timeoutMs` in all. Never rejects. */
export async function readInTime(read: () => Promise<void>, timeoutMs: number): Promise<void> {
  let isOver = false
  const trying = async (): Promise<void> => {
    while (!isOver) {
      try {
        await read()
        return
      } catch {
        await pause(PAUSE_MS)
      }
    }
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([trying(), late])
  isOver = true
  clearTimeout(timer)
}
