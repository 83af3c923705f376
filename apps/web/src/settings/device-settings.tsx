import { ChatError } from '@parley/client'
import { useChat } from '@parley/react'
import { BellRing } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Switch } from '../ui/switch.tsx'
import { canNotify, canPush, isPushed, startPush, stopPush } from './push-device.ts'
import { LoadedPart, SettingsSection } from './settings-section.tsx'
import { useLoaded } from './use-loaded.ts'

/** What this browser shows. */
export function DeviceSettings(): ReactElement {
  const [permission, setPermission] = useState(() =>
    canNotify() ? Notification.permission : 'denied',
  )
  if (!canNotify()) {
    return (
      <SettingsSection title="This browser" note="It cannot show notifications.">
        {null}
      </SettingsSection>
    )
  }
  return (
    <SettingsSection title="This browser">
      {permission === 'granted' && (
        <p className="settings-note">
          New messages are shown as notifications while this page is hidden.
        </p>
      )}
      {permission === 'denied' && (
        <p className="settings-note">
          Notifications are blocked. Allow them for this site in the settings of your browser.
        </p>
      )}
      {permission === 'default' && (
        <div className="settings-row">
          <span className="settings-row-words">
            Notifications
            <span className="settings-note">Your browser will ask you once.</span>
          </span>
          <Button
            size="sm"
            icon={BellRing}
            onPress={() => void Notification.requestPermission().then(setPermission)}
          >
            Allow
          </Button>
        </div>
      )}
      {permission === 'granted' && canPush() && <PushSwitch />}
    </SettingsSection>
  )
}

function PushSwitch(): ReactElement {
  const { call } = useChat()
  const pushed = useLoaded(isPushed)
  const { run, isBusy, error } = useAction()
  const isOff = error instanceof ChatError && error.code === 'NOT_FOUND'
  return (
    <LoadedPart loaded={pushed}>
      {(isOn) => (
        <>
          <Switch
            label="Also while no page is open"
            note="By the push service of your browser."
            isSelected={isOn}
            isDisabled={isBusy}
            onChange={(next) =>
              void run(async () => {
                await (next ? startPush(call) : stopPush(call))
                pushed.set(next)
              })
            }
          />
          {isOff && <p className="settings-note">This server sends no pushes to browsers.</p>}
          {error !== null && !isOff && (
            <ErrorNotice title="Pushes were not changed." error={error} />
          )}
        </>
      )}
    </LoadedPart>
  )
}
