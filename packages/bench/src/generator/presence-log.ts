/** From when to when a reader was not live. `toMs` is null: it never came back. */
export interface Gap {
  readonly reader: number
  readonly fromMs: number
  readonly toMs: number | null
  /** It was sent away by us. */
  readonly isCut: boolean
}

/** Who is live, and who was not from when to when. */
export class PresenceLog {
  readonly #live = new Set<number>()
  readonly #open = new Map<number, { readonly fromMs: number; readonly isCut: boolean }>()
  #gaps: Gap[] = []

  get live(): number {
    return this.#live.size
  }

  cameLive(reader: number, atMs: number): void {
    this.#live.add(reader)
    const gap = this.#open.get(reader)
    if (gap === undefined) return
    this.#open.delete(reader)
    this.#gaps.push({ reader, toMs: atMs, ...gap })
  }

  lost(reader: number, atMs: number, isCut: boolean): void {
    if (!this.#live.delete(reader)) return
    this.#open.set(reader, { fromMs: atMs, isCut })
  }

  /** Forgets the gaps that are over. */
  begin(): void {
    this.#gaps = []
  }

  read(): Gap[] {
    const open = [...this.#open].map(([reader, gap]) => ({ reader, toMs: null, ...gap }))
    return [...this.#gaps, ...open]
  }
}
