/** A program that has nothing else to do may end before. */
export const pauseFor = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, ms)
    const { unref } = timer as { unref?: () => void }
    unref?.call(timer)
  })
