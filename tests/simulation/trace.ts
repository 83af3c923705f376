import type { VirtualClock } from './clock/virtual-clock.ts'

/** What has happened: as a digest always, as lines where somebody is going to read them. */
export class Trace {
  readonly lines: string[] = []
  readonly #clock: VirtualClock
  readonly #isKept: boolean
  #high = 0x81_1c_9d_c5
  #low = 0x9e_37_79_b9

  constructor(clock: VirtualClock, isKept: boolean) {
    this.#clock = clock
    this.#isKept = isKept
  }

  /** `where` and `what` are only put together where they are kept. */
  note(where: string, what: string): void {
    this.#mix(where)
    this.#mix(what)
    this.#high = Math.imul(this.#high ^ Math.round(this.#clock.sinceStartMs * 1_000), 0x01_00_01_93)
    if (!this.#isKept) return
    const at = (this.#clock.sinceStartMs / 1_000).toFixed(4).padStart(9)
    this.lines.push(`${at}  ${where}  ${what.length > 300 ? `${what.slice(0, 300)}…` : what}`)
  }

  get digest(): string {
    const hex = (part: number): string => (part >>> 0).toString(16).padStart(8, '0')
    return `${hex(this.#high)}${hex(this.#low)}`
  }

  #mix(text: string): void {
    let high = this.#high
    let low = this.#low
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      high = Math.imul(high ^ unit, 0x01_00_01_93)
      low = Math.imul(low ^ unit, 0x85_eb_ca_6b) + unit
    }
    this.#high = high
    this.#low = low | 0
  }
}
