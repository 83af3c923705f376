import type { ReactElement, ReactNode } from 'react'
import { PanelSkeleton } from '../panels/panel-skeleton.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import type { Look } from './use-look.ts'

export interface LookedAtProps<Value> {
  readonly look: Look<Value>
  /** What is looked at: `The cluster`. */
  readonly what: string
  readonly children: (value: Value) => ReactNode
}

/** What was seen last stays while it cannot be read anew, under a word about that. */
export function LookedAt<Value>({ look, what, children }: LookedAtProps<Value>): ReactElement {
  const { value, error, again } = look
  return (
    <>
      {error !== null && (
        <ErrorNotice error={error} title={`${what} could not be read.`} onRetry={again} />
      )}
      {value === null && error === null && <PanelSkeleton label={`Reading: ${what}`} />}
      {value !== null && children(value)}
    </>
  )
}
