/** Something that docs/protocol.md promises and that was not so. */
export interface Violation {
  readonly check:
    | 'C1'
    | 'C2'
    | 'C3'
    | 'C4'
    | 'C5'
    | 'C6'
    | 'C7'
    | 'C8'
    | 'outbox'
    | 'sdk'
    | 'thrown'
  readonly text: string
}

export type Report = (check: Violation['check'], text: string) => void
