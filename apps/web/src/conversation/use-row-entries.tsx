import type { Room, TimelineMessage } from '@parley/client'
import { useRoom } from '@parley/react'
import {
  Ban,
  Copy,
  Flag,
  Link2,
  MessageSquareDot,
  MessageSquareReply,
  MicOff,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from 'lucide-react'
import { messageHref, navigate, threadHref } from '../app/route.ts'
import { type Ask, useConfirm } from '../ui/confirm.tsx'
import type { MenuEntries, MenuEntry } from '../ui/menu.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { type ListOverlay, type Permission, type Scope, useScope } from './conversation-scope.tsx'
import { copyText } from './copy-text.ts'
import { withoutLooseDividers } from './menu-dividers.ts'

type May = (permission: Permission) => boolean
type Maybe = readonly (MenuEntry | `divider-${string}` | null)[]

interface Place {
  readonly scope: Scope
  readonly open: ListOverlay
  readonly may: May
  readonly confirm: Ask
}

const failed = (doing: string) => (error: unknown) => toastError(error, doing)

function answerEntries({ scope, open, may }: Place): Maybe {
  const { message, anchor } = open
  const { target, overlay, roomId, threadId } = scope
  if (!may('message:send')) return []
  const isThere = message.deletedAt === undefined
  return [
    may('message:react') && isThere
      ? {
          id: 'react',
          label: 'Add reaction',
          icon: SmilePlus,
          onAction: () => overlay.set({ name: 'react', message, anchor }),
        }
      : null,
    isThere
      ? {
          id: 'reply',
          label: 'Reply',
          icon: Reply,
          shortcut: 'R',
          onAction: () => target.set({ name: 'reply', message }),
        }
      : null,
    threadId === undefined
      ? {
          id: 'thread',
          label: 'Reply in thread',
          icon: MessageSquareReply,
          shortcut: 'T',
          onAction: () => navigate(threadHref(roomId, message.seq)),
        }
      : null,
    'divider-answer',
  ]
}

function wordEntries({ scope, open }: Place): Maybe {
  const { text, seq } = open.message
  const { roomId, list } = scope
  return [
    text === null
      ? null
      : {
          id: 'copy',
          label: 'Copy text',
          icon: Copy,
          onAction: () => void copyText(text, 'The text was copied.'),
        },
    {
      id: 'link',
      label: 'Copy link',
      icon: Link2,
      onAction: () =>
        void copyText(
          new URL(messageHref(roomId, seq), location.href).href,
          'The link was copied.',
        ),
    },
    {
      id: 'unread',
      label: 'Mark unread',
      icon: MessageSquareDot,
      onAction: () => list.current?.holdUnread(seq),
    },
  ]
}

function changeEntries({ scope, open, may, confirm }: Place): Maybe {
  const { message } = open
  const { isMine, seq, pinned } = message
  const { messages } = scope.room
  if (message.deletedAt !== undefined) return []
  const mayDelete = may('message:delete-any') || (isMine && may('message:delete-own'))
  return [
    isMine && may('message:edit-own') && message.text !== null
      ? {
          id: 'edit',
          label: 'Edit',
          icon: Pencil,
          shortcut: 'E',
          onAction: () => scope.target.set({ name: 'edit', message }),
        }
      : null,
    may('message:pin')
      ? {
          id: 'pin',
          label: pinned ? 'Unpin' : 'Pin',
          icon: pinned ? PinOff : Pin,
          onAction: () =>
            void messages
              .pin(seq, !pinned)
              .catch(failed(`The message was not ${pinned ? 'unpinned' : 'pinned'}.`)),
        }
      : null,
    mayDelete
      ? {
          id: 'delete',
          label: 'Delete',
          icon: Trash2,
          isDanger: true,
          onAction: () => void deleteMessage(scope.room, message, confirm),
        }
      : null,
  ]
}

export async function deleteMessage(
  room: Room,
  { seq, sender, isMine }: TimelineMessage,
  confirm: Ask,
): Promise<void> {
  const whose = isMine ? 'It' : `The message of ${sender.displayName}`
  const text = `${whose} goes for everybody, and cannot be brought back.`
  if (!(await confirm({ title: 'Delete this message?', text, action: 'Delete', isDanger: true })))
    return
  await room.messages.delete(seq).catch(failed('The message was not deleted.'))
}

function authorEntries({ scope, open, may, confirm }: Place): Maybe {
  const { message } = open
  const { isMine, sender } = message
  const { members } = scope.room
  if (isMine) return []
  const name = sender.displayName
  const ban = async (): Promise<void> => {
    const text = `${name} leaves this room and cannot come back until somebody lifts the ban.`
    if (!(await confirm({ title: `Ban ${name}?`, text, action: 'Ban', isDanger: true }))) return
    await members
      .ban(sender.id)
      .then(
        () => toast({ text: `${name} is banned from this room.`, tone: 'done' }),
        failed(`${name} was not banned.`),
      )
  }
  const mute = (): Promise<void> =>
    members.mute(sender.id, { forS: 3_600 }).then(
      () =>
        toast({
          text: `${name} is muted for an hour.`,
          tone: 'done',
          action: {
            label: 'Undo',
            onAction: () => void members.unmute(sender.id).catch(failed(`${name} is still muted.`)),
          },
        }),
      failed(`${name} was not muted.`),
    )
  return [
    'divider-author',
    {
      id: 'report',
      label: 'Report',
      icon: Flag,
      onAction: () => scope.overlay.set({ name: 'report', message, anchor: open.anchor }),
    },
    may('moderation:mute')
      ? { id: 'mute', label: 'Mute for an hour', icon: MicOff, onAction: () => void mute() }
      : null,
    may('moderation:ban')
      ? { id: 'ban', label: 'Ban', icon: Ban, isDanger: true, onAction: () => void ban() }
      : null,
  ]
}

/** What I may do with a message, by my rights in the room. */
export function useRowEntries(open: ListOverlay): MenuEntries {
  const scope = useScope()
  const { info } = useRoom(scope.roomId)
  const confirm = useConfirm()
  const may: May = (permission) =>
    info !== null && !info.archived && (info.me?.permissions.includes(permission) ?? false)
  const place: Place = { scope, open, may, confirm }
  const isMember = info?.me !== undefined
  const all = [
    ...answerEntries(place),
    ...wordEntries(place).filter(
      (entry) => isMember || (typeof entry === 'object' && entry?.id !== 'unread'),
    ),
    'divider-words' as const,
    ...changeEntries(place),
    ...(isMember ? authorEntries(place) : []),
  ].filter((entry) => entry !== null)
  return withoutLooseDividers(all)
}
