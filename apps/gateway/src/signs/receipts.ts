/** In one go; the rest waits for the next, when a later position may have taken its place. */
const AT_ONCE = 20

/** How far the members of one room have read, and what of it was told. It only goes forward. */
export class Receipts {
  readonly #told = new Map<string, number>()
  readonly #untold = new Map<string, number>()

  get hasNews(): boolean {
    return this.#untold.size > 0
  }

  set(userId: string, readSeq: number): void {
    const known = Math.max(this.#told.get(userId) ?? 0, this.#untold.get(userId) ?? 0)
    if (readSeq > known) this.#untold.set(userId, readSeq)
  }

  forget(userId: string): void {
    this.#told.delete(userId)
    this.#untold.delete(userId)
  }

  take(): [userId: string, readSeq: number][] {
    const taken = [...this.#untold].slice(0, AT_ONCE)
    for (const [userId, readSeq] of taken) {
      this.#untold.delete(userId)
      this.#told.set(userId, readSeq)
    }
    return taken
  }
}
