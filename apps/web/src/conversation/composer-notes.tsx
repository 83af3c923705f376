import type { ReactElement } from 'react'

/** Characters that a message may have. */
export const MOST_CHARACTERS = 20_000
const NEAR = 18_000

export interface ComposerNotesProps {
  readonly length: number
  /** Seconds of slow mode that are left. */
  readonly slowLeft: number
}

/** Short, and as wide as before for most of the time: it changes every second. */
export function waitWords(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const two = (n: number): string => String(n).padStart(2, '0')
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)} h`
  return minutes > 0 ? `${minutes}:${two(seconds % 60)} min` : `${seconds} s`
}

/** Below the field: how much room is left, and how long to wait. */
export function ComposerNotes({ length, slowLeft }: ComposerNotesProps): ReactElement | null {
  const left = MOST_CHARACTERS - length
  if (length <= NEAR && slowLeft === 0) return null
  return (
    <div className="conv-notes">
      {slowLeft > 0 && <span role="timer">Slow mode: write again in {waitWords(slowLeft)}</span>}
      {length > NEAR && (
        <span data-over={left < 0 || undefined}>
          {left < 0 ? `${-left} characters too many` : `${left} characters left`}
        </span>
      )}
    </div>
  )
}
