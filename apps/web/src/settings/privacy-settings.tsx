import type { Privacy } from '@parley/message-schema'
import { useChat } from '@parley/react'
import type { ReactElement } from 'react'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { toastError } from '../ui/toaster.tsx'
import { BlockedPeople } from './blocked-people.tsx'
import { LoadedPart, SettingsSection } from './settings-section.tsx'
import { useLoaded } from './use-loaded.ts'

const AUDIENCES = [
  { value: 'everybody', label: 'Everybody', note: 'who shares a room with you' },
  { value: 'contacts', label: 'Contacts', note: 'who shares a small room or a DM with you' },
  { value: 'nobody', label: 'Nobody' },
] as const

/** What others may know of me, and whom I do not hear. */
export function PrivacySettings(): ReactElement {
  const chat = useChat()
  const privacy = useLoaded(chat.getPrivacy)
  const change = (wanted: Partial<Privacy>): void => {
    const before = privacy.value
    if (before === null) return
    privacy.set({ ...before, ...wanted })
    chat.setPrivacy(wanted).then(privacy.set, (error: unknown) => {
      privacy.set(before)
      toastError(error, 'It was not changed.')
    })
  }
  return (
    <>
      <SettingsSection title="What others see">
        <LoadedPart loaded={privacy}>
          {(value) => (
            <>
              <div className="settings-form">
                <Select
                  label="Whether you are there"
                  options={AUDIENCES}
                  value={value.presence}
                  onChange={(presence) => change({ presence })}
                />
                <Select
                  label="When you were last there"
                  options={AUDIENCES}
                  value={value.lastSeen}
                  onChange={(lastSeen) => change({ lastSeen })}
                />
              </div>
              <Switch
                label="Read receipts"
                note="Others see how far you have read."
                isSelected={value.readReceipts}
                onChange={(readReceipts) => change({ readReceipts })}
              />
              <Switch
                label="Typing"
                note="Others see that you are writing."
                isSelected={value.typing}
                onChange={(typing) => change({ typing })}
              />
            </>
          )}
        </LoadedPart>
      </SettingsSection>
      <BlockedPeople />
    </>
  )
}
