import type { MyNotifications, MyNotificationsChange, NotifyLevel } from '@parley/message-schema'
import { useChat } from '@parley/react'
import type { ReactElement } from 'react'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { toastError } from '../ui/toaster.tsx'
import { DeviceSettings } from './device-settings.tsx'
import { EmailSettings } from './email-settings.tsx'
import { LoadedPart, SettingsSection } from './settings-section.tsx'
import { useLoaded } from './use-loaded.ts'

const LEVELS = [
  { value: 'all', label: 'All messages' },
  { value: 'mentions', label: 'Mentions and replies' },
  { value: 'none', label: 'Nothing' },
] as const satisfies readonly { value: NotifyLevel; label: string }[]

const DIGESTS = [
  { value: 'off', label: 'Never' },
  { value: 'hourly', label: 'At most once an hour' },
  { value: 'daily', label: 'At most once a day' },
] as const

const HOURS = Array.from({ length: 24 }, (_, hour) => {
  const value = `${String(hour).padStart(2, '0')}:00`
  return { value, label: value }
})

const NIGHT = { from: '22:00', to: '07:00' }

type Change = (change: MyNotificationsChange) => void

/** Of what I am told, and how. */
export function NotificationSettings(): ReactElement {
  const { call } = useChat()
  const mine = useLoaded(async () => (await call('GET /v1/me/notifications', {})).notifications)
  const change: Change = (wanted) => {
    const before = mine.value
    if (before === null) return
    // Shown at once; taken back if it is refused.
    mine.set({ ...before, ...wanted } as MyNotifications)
    call('PUT /v1/me/notifications', { body: wanted }).then(
      ({ notifications }) => mine.set(notifications),
      (error: unknown) => {
        mine.set(before)
        toastError(error, 'It was not changed.')
      },
    )
  }
  return (
    <>
      <SettingsSection
        title="Tell me of"
        note="For all rooms that have no level of their own. A room’s own level is in its details."
      >
        <LoadedPart loaded={mine}>
          {(value) => (
            <div className="settings-form">
              <Select
                label="Rooms"
                options={LEVELS}
                value={value.rooms}
                onChange={(rooms) => change({ rooms })}
              />
              <Select
                label="Direct messages"
                options={LEVELS}
                value={value.direct}
                onChange={(direct) => change({ direct })}
              />
            </div>
          )}
        </LoadedPart>
      </SettingsSection>
      <DeviceSettings />
      {mine.value !== null && <Rest value={mine.value} change={change} />}
    </>
  )
}

function Rest({ value, change }: { value: MyNotifications; change: Change }): ReactElement {
  const { quietHours } = value
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <>
      <SettingsSection title="Pushes and mails">
        <Switch
          label="Show who wrote and what"
          note="Without it they only say that somebody did."
          isSelected={value.previews}
          onChange={(previews) => change({ previews })}
        />
        <Switch
          label="Quiet hours"
          note={`Nothing is pushed, every day (${quietHours?.timeZone ?? timeZone}).`}
          isSelected={quietHours !== null}
          onChange={(isOn) => change({ quietHours: isOn ? { timeZone, ...NIGHT } : null })}
        />
        {quietHours !== null && (
          <div className="settings-pair">
            <Select
              label="From"
              options={withTime(quietHours.from)}
              value={quietHours.from}
              onChange={(from) => {
                if (from !== quietHours.to) change({ quietHours: { ...quietHours, from } })
              }}
            />
            <Select
              label="To"
              options={withTime(quietHours.to)}
              value={quietHours.to}
              onChange={(to) => {
                if (to !== quietHours.from) change({ quietHours: { ...quietHours, to } })
              }}
            />
          </div>
        )}
      </SettingsSection>
      <SettingsSection title="Mail" note="About what is unread for hours while you are away.">
        <EmailSettings />
        <Select
          label="How often"
          options={DIGESTS}
          value={value.digest}
          onChange={(digest) => change({ digest })}
        />
      </SettingsSection>
    </>
  )
}

/** Other clients may have chosen half past. */
const withTime = (time: string): readonly { value: string; label: string }[] =>
  HOURS.some(({ value }) => value === time) ? HOURS : [{ value: time, label: time }, ...HOURS]
