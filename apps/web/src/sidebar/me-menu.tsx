import type { ChosenStatus, User } from '@parley/message-schema'
import { useChat, useMe, useStore } from '@parley/react'
import { ChevronDown, Gauge, Keyboard, LogOut, MessageSquareText, Settings } from 'lucide-react'
import { type ReactElement, useRef, useState } from 'react'
import { Button } from 'react-aria-components'
import { useDialogs } from '../app/dialogs.tsx'
import { adminHref, navigate, settingsHref } from '../app/route.ts'
import { Avatar, type Presence } from '../ui/avatar.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { Menu } from '../ui/menu.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toastError } from '../ui/toaster.tsx'
import { STATUSES, statusWords } from './statuses.ts'

export interface MeMenuProps {
  readonly onSignOut: () => void
}

const shownAs = (status: ChosenStatus): Presence => (status === 'invisible' ? 'offline' : status)

interface MyNameProps {
  readonly me: ReturnType<typeof useMe>
  /** Null while it is not known. */
  readonly mine: { readonly status: ChosenStatus; readonly text?: string | null } | null
}

function MyName({ me, mine }: MyNameProps): ReactElement {
  return (
    <>
      <MyFace me={me} presence={mine === null ? null : shownAs(mine.status)} />
      <span className="sidebar-me-words">
        {me === null ? (
          <Skeleton width="7rem" />
        ) : (
          <span className="sidebar-me-name truncate" dir="auto" title={me.displayName}>
            {me.displayName}
          </span>
        )}
        <span className="sidebar-me-status truncate" dir="auto">
          {mine?.text ?? statusWords(mine?.status ?? 'online')}
        </span>
      </span>
      <span className="visually-hidden">, status and settings</span>
      <ChevronDown size={16} aria-hidden />
    </>
  )
}

/** My name and how others see me; what is mine is in its menu. */
export function MeMenu({ onSignOut }: MeMenuProps): ReactElement {
  const { presence } = useChat()
  const me = useMe()
  const mine = useStore(presence.mine)
  const { show } = useDialogs()
  const { isOperator, ask } = useIsOperator()
  const signOut = useSignOut(me, onSignOut)
  const status = mine?.status ?? 'online'
  const choose = (next: ChosenStatus): void => {
    presence.set({ status: next }).catch((error: unknown) => {
      toastError(error, 'Your status was not changed.')
    })
  }
  return (
    <Menu
      label="Me"
      placement="bottom start"
      trigger={
        <Button className="sidebar-me">
          <MyName me={me} mine={mine} />
        </Button>
      }
      onOpenChange={(isOpen) => {
        if (isOpen) ask()
      }}
      entries={[
        ...STATUSES.map(({ value, label, note, icon }) => ({
          id: value,
          label,
          icon,
          ...(note === undefined ? {} : { note }),
          isChosen: mine !== null && status === value,
          onAction: () => choose(value),
        })),
        {
          id: 'text',
          label: mine?.text == null ? 'Set a status text' : 'Change the status text',
          icon: MessageSquareText,
          onAction: () => show('status'),
        },
        'divider-settings',
        {
          id: 'settings',
          label: 'Settings',
          icon: Settings,
          shortcut: 'Mod+,',
          onAction: () => navigate(settingsHref('profile')),
        },
        ...(isOperator
          ? [
              {
                id: 'admin',
                label: 'Admin console',
                icon: Gauge,
                onAction: () => navigate(adminHref('cluster')),
              },
            ]
          : []),
        {
          id: 'keys',
          label: 'Keyboard shortcuts',
          icon: Keyboard,
          shortcut: '?',
          onAction: () => show('shortcuts'),
        },
        'divider-end',
        { id: 'out', label: 'Sign out', icon: LogOut, onAction: () => void signOut() },
      ]}
    />
  )
}

/** Asked when the menu is opened first: few are, and no page waits for it. */
function useIsOperator(): { readonly isOperator: boolean; readonly ask: () => void } {
  const { call } = useChat()
  const [isOperator, setIsOperator] = useState(false)
  const wasAsked = useRef(false)
  const ask = (): void => {
    if (wasAsked.current) return
    wasAsked.current = true
    call('GET /v1/me').then(
      ({ operator }) => setIsOperator(operator === true),
      () => {
        wasAsked.current = false
      },
    )
  }
  return { isOperator, ask }
}

function MyFace({ me, presence }: { me: User | null; presence: Presence | null }): ReactElement {
  if (me === null) return <Skeleton shape="circle" width="2.25rem" height="2.25rem" />
  return (
    <Avatar name={me.displayName} seed={me.id} url={me.avatarUrl} size={36} presence={presence} />
  )
}

/** A guest cannot come back, and what waits to be sent is deleted: both are asked about. */
export function useSignOut(me: User | null, onSignOut: () => void): () => Promise<void> {
  const confirm = useConfirm()
  const { outbox } = useChat()
  return async () => {
    const waiting = outbox.entries.current.length
    const isGuest = me?.kind === 'guest'
    const notSent = `${waiting === 1 ? 'A message is' : `${waiting} messages are`} not sent yet. What is not sent is deleted from this device when you sign out.`
    const asGuest =
      'You are here as a guest: without an account you cannot come back as the same person.'
    const text = [...(isGuest ? [asGuest] : []), ...(waiting > 0 ? [notSent] : [])].join(' ')
    const isAsked = isGuest || waiting > 0
    if (isAsked && !(await confirm({ title: 'Sign out?', text, action: 'Sign out' }))) return
    onSignOut()
  }
}
