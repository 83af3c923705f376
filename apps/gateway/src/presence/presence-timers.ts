/** Work that is done again and again, each one not before its last time has ended. */
export class PresenceTimers {
  readonly #timers = new Set<NodeJS.Timeout>()

  /** `work` never rejects. */
  every(ms: number, work: () => Promise<void> | void): void {
    let isBusy = false
    const timer = setInterval(() => {
      if (isBusy) return
      isBusy = true
      void Promise.resolve(work()).finally(() => {
        isBusy = false
      })
    }, ms)
    this.#timers.add(timer)
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers.clear()
  }
}
