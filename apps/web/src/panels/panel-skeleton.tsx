import type { ReactElement } from 'react'
import { Skeleton } from '../ui/skeleton.tsx'
import './panel-frame.css'

/** In place of a list that is being read. */
export function PanelSkeleton({ label }: { readonly label: string }): ReactElement {
  return (
    <div className="panel-body" aria-busy="true">
      <span className="visually-hidden">{label}</span>
      {[58, 41, 66, 49, 54].map((width) => (
        <div key={width} className="panel-skeleton">
          <Skeleton shape="circle" width="2.25rem" height="2.25rem" />
          <span className="panel-skeleton-words">
            <Skeleton width={`${width}%`} />
            <Skeleton width={`${width / 2 + 12}%`} height="0.625rem" />
          </span>
        </div>
      ))}
    </div>
  )
}
