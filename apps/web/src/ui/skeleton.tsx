import type { ReactElement } from 'react'
import './small.css'

export interface SkeletonProps {
  /** Of CSS: `12rem`, `60%`. */
  readonly width?: string
  readonly height?: string
  readonly shape?: 'line' | 'circle' | 'block'
}

/** The place of something that is being read. Put `aria-busy` on what is around it. */
export function Skeleton({
  width = '100%',
  height = '0.75rem',
  shape = 'line',
}: SkeletonProps): ReactElement {
  return <span className="ui-skeleton" data-shape={shape} style={{ width, height }} aria-hidden />
}
