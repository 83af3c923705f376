/** So many, and of those beyond nothing is known. */
const REMEMBERED = 1_000_000

/** What a dry run would have written: it has no place to look it up. */
export class RememberedIds {
  readonly #ids = new Set<string>()

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    if (!this.isFull) this.#ids.add(id)
  }

  get isFull(): boolean {
    return this.#ids.size >= REMEMBERED
  }
}
