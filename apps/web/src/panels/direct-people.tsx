import type { RoomInfo } from '@parley/client'
import { usePresence, useUser } from '@parley/react'
import { type ReactElement, useMemo, useState } from 'react'
import { agoWords } from '../app/time-words.ts'
import { Avatar, presenceWords } from '../ui/avatar.tsx'
import { PanelSection } from './panel-frame.tsx'
import { PersonCard } from './person-card.tsx'
import './members-panel.css'

interface Shown {
  readonly userId: string
  readonly anchor: Element
}

/** With whom a conversation is. */
export function DirectPeople({ info }: { readonly info: RoomInfo }): ReactElement | null {
  const [shown, setShown] = useState<Shown | null>(null)
  const { peers = [] } = info
  if (peers.length === 0) return null
  return (
    <PanelSection title={peers.length === 1 ? 'Person' : 'People'}>
      <ul className="panel-peers">
        {peers.map(({ id, displayName }) => (
          <li key={id}>
            <Peer
              userId={id}
              name={displayName}
              isOpen={shown?.userId === id}
              onShow={(anchor) => setShown({ userId: id, anchor })}
            />
          </li>
        ))}
      </ul>
      {shown !== null && (
        <PersonCard
          key={shown.userId}
          roomId={info.id}
          userId={shown.userId}
          anchor={shown.anchor}
          onClose={() => setShown(null)}
        />
      )}
    </PanelSection>
  )
}

interface PeerProps {
  readonly userId: string
  readonly name: string
  readonly isOpen: boolean
  readonly onShow: (anchor: Element) => void
}

function Peer({ userId, name, isOpen, onShow }: PeerProps): ReactElement {
  const user = useUser(userId)
  const presence = usePresence(useMemo(() => [userId], [userId])).get(userId)
  const username = user?.username ?? null
  const seen =
    presence?.status === 'offline' && presence.lastSeenAt !== undefined
      ? `last seen ${agoWords(presence.lastSeenAt)}`
      : presence && presenceWords(presence.status)
  return (
    <button
      type="button"
      className="panel-member"
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={({ currentTarget }) => onShow(currentTarget)}
    >
      <Avatar
        name={name}
        seed={userId}
        url={user?.avatarUrl ?? null}
        size={36}
        presence={presence?.status ?? null}
      />
      <span className="panel-member-words">
        <bdi className="panel-member-name truncate">{user?.displayName ?? name}</bdi>
        <span className="panel-note truncate">
          {[username === null ? null : `@${username}`, presence?.text ?? seen]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
    </button>
  )
}
