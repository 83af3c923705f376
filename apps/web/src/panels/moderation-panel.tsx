import type { RoomInfo } from '@parley/client'
import { ShieldCheck } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { EmptyState } from '../ui/empty-state.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { AuditLog } from './audit-log.tsx'
import { PanelFrame } from './panel-frame.tsx'
import { ReportQueue } from './report-queue.tsx'
import { RestrictedPeople } from './restricted-people.tsx'
import { mayIn } from './room-rights.ts'
import './moderation-panel.css'

export interface ModerationPanelProps {
  readonly info: RoomInfo
  readonly onClose: () => void
  readonly onBack: () => void
}

type Part = 'reports' | 'bans' | 'mutes' | 'log'

function partsOf(info: RoomInfo): readonly { readonly id: Part; readonly label: string }[] {
  const mayReview = mayIn(info, 'moderation:review')
  return [
    ...(mayReview ? [{ id: 'reports', label: 'Reports' } as const] : []),
    ...(mayIn(info, 'moderation:ban') ? [{ id: 'bans', label: 'Bans' } as const] : []),
    ...(mayIn(info, 'moderation:mute') ? [{ id: 'mutes', label: 'Mutes' } as const] : []),
    ...(mayReview ? [{ id: 'log', label: 'Log' } as const] : []),
  ]
}

function PartBody({ part, info }: { readonly part: Part; readonly info: RoomInfo }): ReactElement {
  switch (part) {
    case 'reports':
      return <ReportQueue info={info} />
    case 'bans':
    case 'mutes':
      return <RestrictedPeople key={part} roomId={info.id} kind={part} />
    case 'log':
      return <AuditLog roomId={info.id} />
  }
}

/** What moderators have to do, and what they did. */
export function ModerationPanel({ info, onClose, onBack }: ModerationPanelProps): ReactElement {
  const [chosen, setChosen] = useState<Part>('reports')
  const parts = partsOf(info)
  const part = parts.find(({ id }) => id === chosen)?.id ?? parts[0]?.id
  return (
    <PanelFrame title="Moderation" onClose={onClose} onBack={onBack}>
      {part === undefined ? (
        <EmptyState
          icon={ShieldCheck}
          title="This is for moderators"
          text="You have no rights to moderate this room."
        />
      ) : (
        <div className="panel-moderation">
          <Tabs label="Moderation" tabs={parts} selected={part} onSelect={setChosen}>
            <PartBody part={part} info={info} />
          </Tabs>
        </div>
      )}
    </PanelFrame>
  )
}
