/** Calls `run` once after `ms`, unless what it answers is called before. */
export type StartTimer = (ms: number, run: () => void) => () => void

export const startSystemTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
