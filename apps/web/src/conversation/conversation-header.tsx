import type { RoomInfo } from '@parley/client'
import { useChat, usePresence, useUser } from '@parley/react'
import {
  Bell,
  BellOff,
  Ellipsis,
  Info,
  Link2,
  LogOut,
  MessageSquareDot,
  Pin,
  Search,
  Users,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { BackToRooms } from '../app/back-button.tsx'
import type { Panel } from '../app/panel.ts'
import { HOME_HREF, navigate, roomHref } from '../app/route.ts'
import { roomTitle } from '../app/room-title.ts'
import { agoWords } from '../app/time-words.ts'
import { Avatar, presenceWords } from '../ui/avatar.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu, type MenuEntries, type MenuEntry } from '../ui/menu.tsx'
import { toastError } from '../ui/toaster.tsx'
import { useScope } from './conversation-scope.tsx'
import { copyText } from './copy-text.ts'

export interface ConversationHeaderProps {
  readonly info: RoomInfo
  readonly panel: Panel
  readonly onPanel: (panel: Panel) => void
}

const NOBODY: readonly string[] = []
const NOTIFY = [
  { value: 'all', label: 'Notify of all messages', icon: Bell },
  { value: 'mentions', label: 'Only when I am mentioned', icon: Bell },
  { value: 'none', label: 'Mute notifications', icon: BellOff },
] as const

/** Whom a conversation of two is with, and whether they are there. */
function usePeer({ kind, peers }: RoomInfo) {
  const id = kind === 'dm' ? (peers?.[0]?.id ?? null) : null
  const user = useUser(id)
  const states = usePresence(id === null ? NOBODY : [id])
  return { id, user, presence: id === null ? undefined : states.get(id) }
}

function Face({ info }: { readonly info: RoomInfo }): ReactElement {
  const title = roomTitle(info)
  const { id, user, presence } = usePeer(info)
  let words = `${info.memberCount} ${info.memberCount === 1 ? 'member' : 'members'}`
  if (id !== null) {
    const { status, text, lastSeenAt } = presence ?? { status: 'offline' as const }
    const seen = status === 'offline' && lastSeenAt !== undefined
    words = seen ? `last seen ${agoWords(lastSeenAt)}` : presenceWords(status)
    if (text !== undefined) words = `${words} · ${text}`
  } else if (info.topic !== null && info.topic !== '') words = `${words} · ${info.topic}`
  return (
    <>
      <Avatar
        name={title}
        seed={id ?? info.id}
        url={id === null ? info.avatarUrl : (user?.avatarUrl ?? null)}
        size={36}
        shape={info.kind === 'room' ? 'square' : 'round'}
        presence={id === null ? null : (presence?.status ?? 'offline')}
      />
      <span className="conv-title">
        <h2 className="truncate" dir="auto" title={title}>
          {title}
        </h2>
        <span className="conv-subtitle truncate" dir="auto" title={words}>
          {words}
        </span>
      </span>
    </>
  )
}

function useHeaderEntries({ info, onPanel }: ConversationHeaderProps): MenuEntries {
  const { call, rooms } = useChat()
  const { room, list } = useScope()
  const confirm = useConfirm()
  const title = roomTitle(info)

  const notify = (value: (typeof NOTIFY)[number]['value']): void =>
    void call('PUT /v1/rooms/:id/notifications', {
      params: { id: info.id },
      body: { level: value },
    }).then(
      () => rooms.refresh(info.id).catch(() => undefined),
      (error: unknown) => toastError(error, 'The notifications were not changed.'),
    )
  const leave = async (): Promise<void> => {
    const text = 'You will not get its messages any more.'
    const question = { title: `Leave ${title}?`, text, action: 'Leave', isDanger: true }
    if (!(await confirm(question))) return
    await room.leave().then(
      () => navigate(HOME_HREF),
      (error: unknown) => toastError(error, 'You are still in the room.'),
    )
  }
  const markUnread = (): void => {
    const last = room.messages.timeline.current.items.findLast(
      ({ seq, isMine }) => seq > 0 && !isMine,
    )
    if (last !== undefined) list.current?.holdUnread(last.seq)
  }
  const panels: MenuEntry[] = [
    { id: 'members', label: 'Members', icon: Users, onAction: () => onPanel('members') },
    { id: 'pins', label: 'Pinned messages', icon: Pin, onAction: () => onPanel('pins') },
    { id: 'details', label: 'Room details', icon: Info, onAction: () => onPanel('details') },
  ]
  return [
    ...panels,
    'divider-panels',
    { id: 'unread', label: 'Mark unread', icon: MessageSquareDot, onAction: markUnread },
    {
      id: 'link',
      label: 'Copy link',
      icon: Link2,
      onAction: () =>
        void copyText(new URL(roomHref(info.id), location.href).href, 'The link was copied.'),
    },
    'divider-notify',
    ...NOTIFY.map(({ value, label, icon }) => ({
      id: `notify-${value}`,
      label,
      icon,
      isChosen: info.me?.notify === value,
      onAction: () => notify(value),
    })),
    ...(info.kind === 'dm'
      ? []
      : ([
          'divider-leave',
          {
            id: 'leave',
            label: 'Leave',
            icon: LogOut,
            isDanger: true,
            onAction: () => void leave(),
          },
        ] as const)),
  ]
}

/** Where one is, and what else there is of it. */
export function ConversationHeader(props: ConversationHeaderProps): ReactElement {
  const { info, panel, onPanel } = props
  const entries = useHeaderEntries(props)
  const toggle = (one: Exclude<Panel, null>) => () => onPanel(panel === one ? null : one)
  return (
    <header className="conv-header">
      <BackToRooms />
      <Face info={info} />
      <div className="conv-header-buttons">
        <IconButton
          className="conv-wide-only"
          label="Members"
          icon={Users}
          isSelected={panel === 'members'}
          onPress={toggle('members')}
        />
        <IconButton
          className="conv-wide-only"
          label="Pinned messages"
          icon={Pin}
          isSelected={panel === 'pins'}
          onPress={toggle('pins')}
        />
        <IconButton
          label="Search in room"
          icon={Search}
          shortcut="Mod+Shift+F"
          isSelected={panel === 'search'}
          onPress={toggle('search')}
        />
        <IconButton
          className="conv-wide-only"
          label="Room details"
          icon={Info}
          isSelected={panel === 'details'}
          onPress={toggle('details')}
        />
        <Menu
          label="Room"
          entries={entries}
          trigger={<IconButton label="More about this room" icon={Ellipsis} />}
        />
      </div>
    </header>
  )
}
