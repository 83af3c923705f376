import type { ReactElement } from 'react'

/** Characters that a message may have. */
export const MOST_CHARACTERS = 20_000
const NEAR = 18_000

export interface ComposerNotesProps {
  readonly length: number
  /** Seconds of slow mode that are left. */
  readonly slowLeft: number
}

/** Below the field: how much room is left, and how long to wait. */
export function ComposerNotes({ length, slowLeft }: ComposerNotesProps): ReactElement | null {
  const left = MOST_CHARACTERS - length
  if (length <= NEAR && slowLeft === 0) return null
  return (
    <div className="conv-notes">
      {slowLeft > 0 && <span role="timer">Slow mode: write again in {slowLeft} s</span>}
      {length > NEAR && (
        <span data-over={left < 0 || undefined}>
          {left < 0 ? `${-left} characters too many` : `${left} characters left`}
        </span>
      )}
    </div>
  )
}
