/**
 * Places where a test makes a process die or lose something. They are off unless the process was
 * started with `FAIL_POINTS_ENABLED`, and then armed one by one.
 */
export class FailPoints {
  readonly #enabled: boolean
  readonly #armed = new Map<string, number>()

  constructor(enabled: boolean) {
    this.#enabled = enabled
  }

  get enabled(): boolean {
    return this.#enabled
  }

  /** The next `times` passes of `point` fail. */
  arm(point: string, times: number): void {
    if (this.#enabled) this.#armed.set(point, times)
  }

  /** True if this pass is to fail. */
  hit(point: string): boolean {
    if (!this.#enabled) return false
    const left = this.#armed.get(point) ?? 0
    if (left <= 0) return false
    this.#armed.set(point, left - 1)
    return true
  }

  dieAt(point: string): void {
    if (this.hit(point)) process.kill(process.pid, 'SIGKILL')
  }
}
