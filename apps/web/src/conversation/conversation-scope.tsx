import { createStore, type Room, type TimelineMessage, type WritableStore } from '@parley/client'
import { useChat, useSelected } from '@parley/react'
import {
  createContext,
  type ReactElement,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useState,
} from 'react'
import { keepUploads, uploadsAt } from './kept-uploads.ts'
import type { Uploads } from './uploads.ts'

export type ComposerTarget =
  | { readonly name: 'new' }
  | { readonly name: 'reply'; readonly message: TimelineMessage }
  | {
      readonly name: 'edit'
      readonly message: TimelineMessage
      /** Words of an edit that was refused; absent: those of the message. */
      readonly text?: string
    }

/** What lies over a list: one at a time, so that rows have none of their own. */
export type ListOverlay = {
  readonly name: 'menu' | 'react' | 'report' | 'versions' | 'picture'
  readonly message: TimelineMessage
  readonly anchor: Element
  /** Of a picture. */
  readonly fileId?: string
}

/** What the list does for others. */
export interface ListControl {
  readonly jumpTo: (seq: number) => void
  readonly toLatest: () => void
  /** Something of mine was said: it is shown, and the rest counts as read again. */
  readonly sent: () => void
  readonly holdUnread: (seq: number) => void
  readonly lastMine: () => TimelineMessage | undefined
}

/** What a list of messages and its composer share. The same object as long as they are there. */
export interface Scope {
  readonly roomId: string
  readonly threadId: number | undefined
  readonly room: Room
  readonly target: WritableStore<ComposerTarget>
  readonly uploads: Uploads
  readonly overlay: WritableStore<ListOverlay | null>
  /** Keys of the rows that the pointer is over, and that the keyboard is at. */
  readonly hovered: WritableStore<string | null>
  readonly active: WritableStore<TimelineMessage | null>
  readonly flashed: WritableStore<number | null>
  readonly list: { current: ListControl | null }
  readonly field: { current: HTMLTextAreaElement | null }
}

const ScopeContext = createContext<Scope | null>(null)
const NEW: ComposerTarget = { name: 'new' }

export function useScope(): Scope {
  const scope = use(ScopeContext)
  if (scope === null) throw new Error('This needs a ConversationScope above it.')
  return scope
}

export interface ConversationScopeProps {
  readonly roomId: string
  readonly threadId?: number
  readonly children: ReactNode
}

export function ConversationScope(props: ConversationScopeProps): ReactElement {
  // Another place has nothing in common with the one before.
  return <OneScope key={`${props.roomId}/${props.threadId ?? ''}`} {...props} />
}

function OneScope({ roomId, threadId, children }: ConversationScopeProps): ReactElement {
  const chat = useChat()
  const place = `${roomId}/${threadId ?? ''}`
  const [scope] = useState<Scope>(() => ({
    roomId,
    threadId,
    room: chat.rooms.get(roomId),
    target: createStore<ComposerTarget>(NEW),
    uploads: uploadsAt(chat, place),
    overlay: createStore<ListOverlay | null>(null),
    hovered: createStore<string | null>(null),
    active: createStore<TimelineMessage | null>(null),
    flashed: createStore<number | null>(null),
    list: { current: null },
    field: { current: null },
  }))
  useEffect(() => keepUploads(chat, place, scope.uploads), [chat, place, scope])
  return <ScopeContext value={scope}>{children}</ScopeContext>
}

type Permission = NonNullable<Room['info']['current']>['me'] extends (infer Me) | undefined
  ? Me extends { permissions: readonly (infer Name)[] }
    ? Name
    : never
  : never

export type { Permission }

/** Whether I may do something here, now. */
export function useMay(permission: Permission): boolean {
  const { room } = useScope()
  const select = useCallback(
    (info: Room['info']['current']): boolean =>
      info !== null && !info.archived && (info.me?.permissions.includes(permission) ?? false),
    [permission],
  )
  return useSelected(room.info, select)
}
