import type { ReactElement } from 'react'
import { Skeleton } from '../ui/skeleton.tsx'

const WIDTHS = ['58%', '34%', '71%', '46%', '63%', '29%'] as const

/** The places of messages that are being read. */
export function ConversationSkeleton(): ReactElement {
  return (
    <div className="conv-skeleton" role="status" aria-label="Reading the messages" aria-busy>
      {WIDTHS.map((width) => (
        <div key={width} className="conv-skeleton-row">
          <Skeleton shape="circle" width="36px" height="36px" />
          <div className="conv-skeleton-words">
            <Skeleton width="7rem" />
            <Skeleton width={width} />
          </div>
        </div>
      ))}
    </div>
  )
}
