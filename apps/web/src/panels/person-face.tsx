import { useChat } from '@parley/react'
import {
  Ban,
  Ellipsis,
  MessageCircle,
  ShieldCheck,
  UserRoundMinus,
  UserRoundX,
  Volume2,
  VolumeX,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { navigate, roomHref, settingsHref } from '../app/route.ts'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar, presenceWords } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import type { Act } from './act-dialog.tsx'
import { roleWord } from './role-words.ts'
import { isForEver } from './room-rights.ts'
import { usePersonActs } from './use-person-acts.ts'
import type { Person } from './use-person.ts'
import './person-card.css'

export interface PersonFaceProps {
  readonly person: Person
  readonly onAct: (act: Act) => void
  readonly onClose: () => void
}

function seenWords({ presence }: Person): string | null {
  if (presence === undefined) return null
  const { status, lastSeenAt } = presence
  if (status !== 'offline') return presenceWords(status)
  return lastSeenAt === undefined ? 'offline' : `last seen ${agoWords(lastSeenAt)}`
}

function Facts({ person }: { readonly person: Person }): ReactElement {
  const { member, user, info, isBlocked } = person
  const mutedUntil = member?.mutedUntil ?? null
  return (
    <div className="panel-person-chips">
      {member !== null && member !== undefined && info?.kind === 'room' && (
        <span className="panel-chip">{roleWord(member.role)}</span>
      )}
      {member === null && <span className="panel-chip">Not in this room</span>}
      {user?.kind === 'bot' && <span className="panel-chip">Bot</span>}
      {mutedUntil !== null && (
        <span className="panel-chip" data-kind="muted">
          <VolumeX size={12} aria-hidden />{' '}
          {isForEver(mutedUntil) ? 'Muted' : `Muted until ${fullWhen(mutedUntil)}`}
        </span>
      )}
      {isBlocked && (
        <span className="panel-chip" data-kind="danger">
          <Ban size={12} aria-hidden /> Blocked by you
        </span>
      )}
    </div>
  )
}

function useEntries({ person, onAct, onClose }: PersonFaceProps): readonly MenuEntry[] {
  const { acts, isMe, isBlocked, member } = person
  const does = usePersonActs(person)
  const after = (act: () => Promise<void>) => (): void => {
    onClose()
    void act()
  }
  const entry = (isThere: boolean, one: MenuEntry): readonly MenuEntry[] => (isThere ? [one] : [])
  const isMuted = (member?.mutedUntil ?? null) !== null
  return [
    ...entry(acts.roles.length > 0, {
      id: 'role',
      label: isMe ? 'Give up rights…' : 'Change role…',
      icon: ShieldCheck,
      onAction: () => onAct('role'),
    }),
    ...entry(acts.mayMute && isMuted, {
      id: 'unmute',
      label: 'Unmute',
      icon: Volume2,
      onAction: after(does.unmute),
    }),
    ...entry(acts.mayMute, {
      id: 'mute',
      label: isMuted ? 'Change mute…' : 'Mute…',
      icon: VolumeX,
      onAction: () => onAct('mute'),
    }),
    ...entry(acts.mayKick, {
      id: 'kick',
      label: 'Remove from room…',
      icon: UserRoundMinus,
      isDanger: true,
      onAction: () => onAct('kick'),
    }),
    ...entry(acts.mayBan, {
      id: 'ban',
      label: 'Ban…',
      icon: UserRoundX,
      isDanger: true,
      onAction: () => onAct('ban'),
    }),
    ...entry(!isMe, {
      id: 'block',
      label: isBlocked ? 'Unblock' : 'Block',
      icon: Ban,
      isDanger: !isBlocked,
      onAction: after(isBlocked ? does.unblock : does.block),
    }),
  ]
}

function Username({ username }: { readonly username: string }): ReactElement {
  const copy = (): void => {
    navigator.clipboard.writeText(`@${username}`).then(
      () => toast({ text: 'The username was copied.', tone: 'done' }),
      () => toast({ text: 'The browser did not allow to copy.', tone: 'problem' }),
    )
  }
  return (
    <button type="button" className="panel-person-username" onClick={copy}>
      @{username}
      <span className="visually-hidden">, copy</span>
    </button>
  )
}

function Buttons(props: PersonFaceProps): ReactElement {
  const { person, onClose } = props
  const { rooms } = useChat()
  const { isBusy, run } = useAction()
  const entries = useEntries(props)
  const write = async (): Promise<void> => {
    try {
      const dm = await rooms.openDm([person.userId])
      onClose()
      navigate(roomHref(dm.id))
    } catch (error) {
      toastError(error, 'The conversation was not opened.')
    }
  }
  const edit = (): void => {
    onClose()
    navigate(settingsHref('profile'))
  }
  return (
    <div className="panel-person-buttons">
      {person.isMe ? (
        <Button onPress={edit}>Edit profile</Button>
      ) : (
        <Button
          variant="primary"
          icon={MessageCircle}
          isPending={isBusy}
          isDisabled={person.isBlocked}
          onPress={() => void run(write)}
        >
          Message
        </Button>
      )}
      {entries.length > 0 && (
        <Menu
          label="About this person"
          entries={entries}
          trigger={
            // Without a tooltip: Escape would shut that, not the card.
            <AriaButton
              className="ui-icon-button"
              data-size="md"
              data-variant="quiet"
              aria-label="More about this person"
            >
              <Ellipsis size={19} aria-hidden />
            </AriaButton>
          }
        />
      )}
    </div>
  )
}

/** What is in the card. */
export function PersonFace(props: PersonFaceProps): ReactElement {
  const { person } = props
  const { user, member, userId, name, presence } = person
  const username = member?.username ?? user?.username ?? null
  const seen = seenWords(person)
  return (
    <div className="panel-person">
      <div className="panel-person-face">
        <Avatar
          name={name ?? ''}
          seed={userId}
          url={member?.avatarUrl ?? user?.avatarUrl ?? null}
          size={64}
          presence={presence?.status ?? null}
        />
        <div className="panel-person-words">
          {name === null ? (
            <Skeleton width="9rem" height="1.125rem" />
          ) : (
            <strong className="panel-person-name" dir="auto">
              {name}
            </strong>
          )}
          {username !== null && <Username username={username} />}
          {seen !== null && <span className="panel-note">{seen}</span>}
        </div>
      </div>
      {presence?.text !== undefined && (
        <p className="panel-person-status" dir="auto">
          {presence.text}
        </p>
      )}
      <Facts person={person} />
      <Buttons {...props} />
    </div>
  )
}
