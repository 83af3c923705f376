import type { RoomInfo } from '@parley/client'
import type {
  NotifyLevel,
  RoomNotifications as Notifications,
  RoomNotificationsChange,
} from '@parley/message-schema'
import { useChat } from '@parley/react'
import { AlarmClock, AlarmClockOff } from 'lucide-react'
import { type ReactElement, useEffect, useEffectEvent } from 'react'
import { fullWhen } from '../app/time-words.ts'
import { useLoaded } from '../settings/use-loaded.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Menu } from '../ui/menu.tsx'
import { Select } from '../ui/select.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toastError } from '../ui/toaster.tsx'
import { SNOOZE_TIMES } from './snooze-times.ts'

const LEVELS: readonly { readonly value: NotifyLevel; readonly label: string }[] = [
  { value: 'all', label: 'All messages' },
  { value: 'mentions', label: 'Mentions and replies' },
  { value: 'none', label: 'Nothing' },
]

const levelWord = (level: NotifyLevel): string =>
  LEVELS.find(({ value }) => value === level)?.label ?? ''

/** Of what in this room I am told, and for how long of nothing. */
export function RoomNotifications({ info }: { readonly info: RoomInfo }): ReactElement {
  const { call, rooms } = useChat()
  const params = { id: info.id }
  const mine = useLoaded(
    async () => (await call('GET /v1/rooms/:id/notifications', { params })).notifications,
  )
  // It may be changed elsewhere: in the menu of the room, on another device.
  const again = useEffectEvent(mine.retry)
  const notify = info.me?.notify
  const isOld = mine.value !== null && notify !== undefined && mine.value.effective !== notify
  useEffect(() => {
    if (isOld) again()
  }, [isOld, notify])
  if (mine.value === null) {
    if (mine.error !== null) return <ErrorNotice error={mine.error} onRetry={mine.retry} />
    return (
      <div aria-busy="true">
        <Skeleton width="70%" />
      </div>
    )
  }
  const before = mine.value
  const change = (wanted: RoomNotificationsChange, shown: Partial<Notifications>): void => {
    mine.set({ ...before, ...shown })
    call('PUT /v1/rooms/:id/notifications', { params, body: wanted }).then(
      ({ notifications }) => {
        mine.set(notifications)
        // The badge of the room counts by it.
        rooms.refresh(info.id).catch(() => undefined)
      },
      (error: unknown) => {
        mine.set(before)
        toastError(error, 'The notifications were not changed.')
      },
    )
  }
  return <Levels info={info} value={before} change={change} />
}

interface LevelsProps {
  readonly info: RoomInfo
  readonly value: Notifications
  readonly change: (wanted: RoomNotificationsChange, shown: Partial<Notifications>) => void
}

function Levels({ info, value, change }: LevelsProps): ReactElement {
  const { level, snoozedUntil, effective } = value
  const isSnoozed = snoozedUntil !== null && Date.parse(snoozedUntil) > Date.now()
  const usual = {
    value: 'usual',
    label:
      level === null ? `As in settings: ${levelWord(effective).toLowerCase()}` : 'As in settings',
  } as const
  const isMentionsOnly = !info.features.notifyAll && level === 'all'
  return (
    <>
      <Select
        label="Notify me of"
        options={[usual, ...LEVELS]}
        value={level ?? 'usual'}
        onChange={(chosen) => {
          const wanted = chosen === 'usual' ? null : chosen
          change({ level: wanted }, { level: wanted })
        }}
      />
      {isMentionsOnly && (
        <p className="panel-note">
          This room is so large that you are told of mentions and replies only.
        </p>
      )}
      {isSnoozed ? (
        <div className="panel-line">
          <span className="panel-note">Quiet until {fullWhen(snoozedUntil)}</span>
          <Button
            size="sm"
            icon={AlarmClockOff}
            onPress={() => change({ snoozedUntil: null }, { snoozedUntil: null })}
          >
            End
          </Button>
        </div>
      ) : (
        <Menu
          label="Snooze"
          placement="bottom start"
          entries={SNOOZE_TIMES.map(({ id, label, at }) => ({
            id,
            label,
            onAction: () => {
              const until = at(new Date()).toISOString()
              change({ snoozedUntil: until }, { snoozedUntil: until })
            },
          }))}
          trigger={
            <Button size="sm" icon={AlarmClock}>
              Snooze
            </Button>
          }
        />
      )}
    </>
  )
}
