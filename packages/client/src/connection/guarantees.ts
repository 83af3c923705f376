/**
 * What the live stream did against the contract: of each room `seq` rises by one from event to event.
 * Counted where frames come in, before anything is put in order. Nothing of it reaches a listener:
 * what is missing is asked for, what is double is dropped.
 */
export interface Guarantees {
  /** Events that came over the live stream. */
  readonly events: number
  /** Events that were skipped without a word. */
  readonly gaps: number
  /** Events that came once more. */
  readonly doubles: number
  /** Events that came after later ones. */
  readonly regressions: number
}

export const KEPT: Guarantees = { events: 0, gaps: 0, doubles: 0, regressions: 0 }
