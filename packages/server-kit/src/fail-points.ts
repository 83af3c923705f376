import type { Mutant } from './test-settings.ts'

/**
 * Places where a test makes a process die or lose something. They are off unless the process was
 * started with `FAIL_POINTS_ENABLED`, and then armed one by one.
 */
export class FailPoints {
  readonly #enabled: boolean
  readonly #armed = new Map<string, number>()

  /** What is broken all the time: to be asked once, when a part is made. */
  readonly mutants: ReadonlySet<Mutant>

  constructor(enabled: boolean, mutants: ReadonlySet<Mutant> = new Set()) {
    this.#enabled = enabled
    this.mutants = mutants
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
