import type { Subject } from '../subjects/subject.ts'

/** Where subjects are started, and how that is ended. */
export interface Stage {
  /** Each subject has a folder of its own in it. */
  readonly dir: string
  readonly isKept: boolean
  readonly signal: AbortSignal
  readonly onSubject: (subject: Subject | null) => void
  readonly say: (step: string) => void
}
