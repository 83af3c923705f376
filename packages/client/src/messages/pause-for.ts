/** A program that has nothing else to do may end before. */
export function later(act: () => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(act, ms)
  const { unref } = timer as { unref?: () => void }
  unref?.call(timer)
  return timer
}

export const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => later(resolve, ms))
