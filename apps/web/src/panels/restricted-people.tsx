import type { RouteAnswer } from '@parley/client'
import { useChat, useStore, useUser } from '@parley/react'
import { UserRoundCheck, Volume2 } from 'lucide-react'
import type { ReactElement } from 'react'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { MoreRows } from './more-rows.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { isForEver } from './room-rights.ts'
import { useSettled } from './use-members.ts'
import { usePages } from './use-pages.ts'

type Kind = 'bans' | 'mutes'
type Restricted = RouteAnswer<'GET /v1/rooms/:id/bans'>['data'][number]

export interface RestrictedPeopleProps {
  readonly roomId: string
  readonly kind: Kind
}

const CHANGES_MS = 400

const WORDS = {
  bans: {
    end: 'Unban',
    none: 'Nobody is banned',
    text: 'Who is banned cannot come in until it ends.',
    failed: 'The bans could not be read.',
    icon: UserRoundCheck,
  },
  mutes: {
    end: 'Unmute',
    none: 'Nobody is muted',
    text: 'Who is muted reads on, and writes nothing until it ends.',
    failed: 'The mutes could not be read.',
    icon: Volume2,
  },
} as const

/** Who is banned or muted now, until when, and the way to end it. */
export function RestrictedPeople({ roomId, kind }: RestrictedPeopleProps): ReactElement {
  const { call, rooms } = useChat()
  const room = rooms.get(roomId)
  const version = useSettled(useStore(room.members.revision), CHANGES_MS)
  const route = kind === 'bans' ? 'GET /v1/rooms/:id/bans' : 'GET /v1/rooms/:id/mutes'
  const pages = usePages<Restricted>(
    `${roomId} ${kind}`,
    async (after, signal) => {
      const { data, page } = await call(route, {
        params: { id: roomId },
        query: { limit: 50, ...(after !== null && { after }) },
        signal,
      })
      return { items: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    version,
  )
  const { items, error, retry } = pages
  const words = WORDS[kind]
  if (items === null) {
    if (error === null) return <PanelSkeleton label="Reading who it is" />
    return (
      <div className="panel-notice">
        <ErrorNotice error={error} title={words.failed} onRetry={retry} />
      </div>
    )
  }
  if (items.length === 0) {
    return <EmptyState isSmall icon={words.icon} title={words.none} text={words.text} />
  }
  const end = async ({ userId, displayName }: Restricted): Promise<void> => {
    try {
      await (kind === 'bans' ? room.members.unban(userId) : room.members.unmute(userId))
      pages.change((all) => all.filter((one) => one.userId !== userId))
      const done = kind === 'bans' ? 'may come back' : 'may write again'
      toast({ text: `${displayName} ${done}.`, tone: 'done' })
    } catch (thrown) {
      toastError(thrown, `Nothing was changed for ${displayName}.`)
    }
  }
  return (
    <div className="panel-body">
      <ul className="panel-restricted">
        {items.map((one) => (
          <li key={one.userId} className="panel-restriction">
            <RestrictedPerson one={one} label={words.end} onEnd={end} />
          </li>
        ))}
      </ul>
      <MoreRows pages={pages} label="More people" />
    </div>
  )
}

interface RestrictedPersonProps {
  readonly one: Restricted
  readonly label: string
  readonly onEnd: (one: Restricted) => Promise<void>
}

function RestrictedPerson({ one, label, onEnd }: RestrictedPersonProps): ReactElement {
  const { userId, displayName, until } = one
  const user = useUser(userId)
  const { isBusy, run } = useAction()
  return (
    <>
      <Avatar name={displayName} seed={userId} url={user?.avatarUrl ?? null} size={34} />
      <span className="panel-member-words">
        <bdi className="panel-member-name truncate" title={displayName}>
          {displayName}
        </bdi>
        {until === null || isForEver(until) ? (
          <span className="panel-note">until it is taken back</span>
        ) : (
          <time className="panel-note" dateTime={until} title={fullWhen(until)}>
            ends {agoWords(until)}
          </time>
        )}
      </span>
      <Button
        size="sm"
        isPending={isBusy}
        aria-label={`${label} ${displayName}`}
        onPress={() => void run(() => onEnd(one))}
      >
        {label}
      </Button>
    </>
  )
}
