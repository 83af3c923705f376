import type { Timeline } from '@parley/client'
import type { ReactElement, ReactNode } from 'react'
import { Spinner } from '../ui/spinner.tsx'

export interface ListStartProps {
  /** It stays the same whatever is shown: what is below must not move. */
  readonly height: number
  readonly timeline: Timeline
  readonly children: ReactNode
}

/** Above the first message: that older ones are read, or that there are none. */
export function ListStart({ height, timeline, children }: ListStartProps): ReactElement {
  return (
    <div className="conv-start" style={{ height }}>
      {timeline.hasBefore ? (
        timeline.isLoadingBefore && <Spinner label="Reading older messages" size={20} />
      ) : (
        <div className="conv-start-words">{children}</div>
      )}
    </div>
  )
}
