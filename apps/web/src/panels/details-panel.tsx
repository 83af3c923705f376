import type { RoomInfo } from '@parley/client'
import { ChevronRight, ShieldAlert, Users } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { DirectPeople } from './direct-people.tsx'
import { PanelFrame, PanelSection } from './panel-frame.tsx'
import { RoomEnds } from './room-ends.tsx'
import { RoomFace } from './room-face.tsx'
import { RoomNotifications } from './room-notifications.tsx'
import { mayIn } from './room-rights.ts'
import { RoomSettings } from './room-settings.tsx'
import { SharedFiles } from './shared-files.tsx'
import './details-panel.css'

export interface DetailsPanelProps {
  readonly info: RoomInfo
  readonly onClose: () => void
  readonly onModeration: () => void
  readonly onMembers: () => void
}

const mayModerate = (info: RoomInfo): boolean =>
  info.kind === 'room' &&
  (mayIn(info, 'moderation:review') ||
    mayIn(info, 'moderation:ban') ||
    mayIn(info, 'moderation:mute'))

interface WayProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly note?: string
  readonly onPress: () => void
}

function Way({ icon: Icon, label, note, onPress }: WayProps): ReactElement {
  return (
    <button type="button" className="panel-way" onClick={onPress}>
      <Icon size={18} aria-hidden />
      <span className="panel-way-words">{label}</span>
      {note !== undefined && <span className="panel-note">{note}</span>}
      <ChevronRight size={17} aria-hidden className="panel-way-end" />
    </button>
  )
}

/** What a room is, and what I may change about it. */
export function DetailsPanel({
  info,
  onClose,
  onModeration,
  onMembers,
}: DetailsPanelProps): ReactElement {
  const isRoom = info.kind === 'room'
  return (
    <PanelFrame title={isRoom ? 'Room details' : 'Conversation details'} onClose={onClose}>
      <div className="panel-body">
        <RoomFace info={info} />
        {isRoom ? (
          <nav className="panel-ways" aria-label="More of this room">
            <Way
              icon={Users}
              label="Members"
              note={info.memberCount.toLocaleString()}
              onPress={onMembers}
            />
            {mayModerate(info) && (
              <Way icon={ShieldAlert} label="Moderation" onPress={onModeration} />
            )}
          </nav>
        ) : (
          <DirectPeople info={info} />
        )}
        <PanelSection title="Notifications">
          <RoomNotifications info={info} />
        </PanelSection>
        {isRoom && <RoomSettings info={info} />}
        <PanelSection title="Shared files">
          <SharedFiles roomId={info.id} />
        </PanelSection>
        <RoomEnds info={info} />
      </div>
    </PanelFrame>
  )
}
