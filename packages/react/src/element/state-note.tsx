import type { ReactElement } from 'react'

export interface StateNoteProps {
  readonly title: string
  readonly hint?: string
  readonly isError?: boolean
  readonly isBusy?: boolean
  readonly action?: string
  readonly onAction?: () => void
}

/** In place of what is not there: why, and what to do. */
export function StateNote(props: StateNoteProps): ReactElement {
  const { title, hint, isError = false, isBusy = false, action, onAction } = props
  return (
    <div className="note" part="note" role={isError ? 'alert' : 'status'}>
      {isBusy && <span className="spinner" aria-hidden="true" />}
      <p className="note-title" dir="auto">
        {title}
      </p>
      {hint !== undefined && (
        <p className="note-hint" dir="auto">
          {hint}
        </p>
      )}
      {action !== undefined && (
        <button type="button" className="button" part="button" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  )
}
