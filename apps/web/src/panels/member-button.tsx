import type { Member } from '@parley/message-schema'
import { usePresence } from '@parley/react'
import { VolumeX } from 'lucide-react'
import { memo, type ReactElement, useId, useMemo } from 'react'
import { Avatar } from '../ui/avatar.tsx'
import { roleWord } from './role-words.ts'

export interface MemberButtonProps {
  readonly member: Member
  readonly isMe: boolean
  readonly isOpen: boolean
  readonly onShow: (userId: string, anchor: Element) => void
}

/** One person of the list. They are watched while the row is there. */
export const MemberButton = memo(function MemberButton({
  member,
  isMe,
  isOpen,
  onShow,
}: MemberButtonProps): ReactElement {
  const { userId, displayName, username, avatarUrl, mutedUntil } = member
  const id = useId()
  const states = usePresence(useMemo(() => [userId], [userId]))
  const state = states.get(userId)
  return (
    <button
      type="button"
      className="panel-member"
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-note`}
      aria-haspopup="dialog"
      aria-expanded={isOpen}
      onClick={({ currentTarget }) => onShow(userId, currentTarget)}
    >
      <Avatar
        name={displayName}
        seed={userId}
        url={avatarUrl}
        size={34}
        presence={state?.status ?? null}
      />
      <span className="panel-member-words">
        <span className="panel-member-line">
          <bdi id={`${id}-name`} className="panel-member-name truncate" title={displayName}>
            {displayName}
          </bdi>
          {isMe && <span className="panel-chip">You</span>}
          {mutedUntil !== null && (
            <span className="panel-chip" data-kind="muted">
              <VolumeX size={12} aria-hidden /> Muted
            </span>
          )}
        </span>
        <span id={`${id}-note`} className="panel-note truncate">
          {username === null ? roleWord(member.role) : `@${username}`}
          {state?.text !== undefined && (
            <>
              {' · '}
              <bdi>{state.text}</bdi>
            </>
          )}
          <span className="visually-hidden">
            {[isMe && 'you', mutedUntil !== null && 'muted', state?.status]
              .filter((word) => typeof word === 'string')
              .map((word) => `, ${word}`)}
          </span>
        </span>
      </span>
    </button>
  )
})
