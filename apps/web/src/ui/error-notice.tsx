import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from './button.tsx'
import { errorText } from './error-text.ts'
import './state.css'

export interface ErrorNoticeProps {
  readonly error: unknown
  /** What did not work: `The members could not be read.` */
  readonly title?: string
  /** Shows a button that tries again. */
  readonly onRetry?: () => void
}

/** What went wrong, in words, and what to do. Said by screen readers as it appears. */
export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps): ReactElement {
  return (
    <div className="ui-error" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <div className="ui-error-words">
        {title !== undefined && <p className="ui-error-title">{title}</p>}
        <p>{errorText(error)}</p>
        {onRetry !== undefined && (
          <Button size="sm" icon={RotateCw} onPress={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}
