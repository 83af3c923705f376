import type { ReactElement } from 'react'
import type { Panel } from '../app/panel.ts'

export interface RightPanelProps {
  readonly roomId: string
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

/** Placeholder. */
export function RightPanel({ panel }: RightPanelProps): ReactElement {
  return <div>{panel}</div>
}
