/** Which gateways hold a lease, as this one sees it. */
export class LivingGateways {
  readonly #read: () => Promise<ReadonlySet<string>>
  readonly #died: () => void
  #living: ReadonlySet<string> = new Set()

  constructor(read: () => Promise<ReadonlySet<string>>, died: () => void) {
    this.#read = read
    this.#died = died
  }

  get size(): number {
    return this.#living.size
  }

  /** A gateway that died has told nobody: it is missed here. Never rejects. */
  async look(): Promise<void> {
    const before = this.#living
    this.#living = await this.#read().catch(() => before)
    if ([...before].some((gateway) => !this.#living.has(gateway))) this.#died()
  }
}
