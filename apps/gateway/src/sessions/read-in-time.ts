const PAUSE_MS = 250

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** Tries it until it was done once, but no longer than `timeoutMs` in all. Never rejects. */
export async function readInTime(read: () => Promise<void>, timeoutMs: number): Promise<void> {
  const ending = new AbortController()
  const trying = async (): Promise<void> => {
    while (!ending.signal.aborted) {
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
  ending.abort()
  clearTimeout(timer)
}
