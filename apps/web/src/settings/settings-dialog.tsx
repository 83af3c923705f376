import {
  Bell,
  Info,
  Keyboard,
  MonitorSmartphone,
  Palette as PaletteIcon,
  Shield,
  UserRound,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { navigate, settingsHref, type SettingsTab } from '../app/route.ts'
import { ShortcutTable } from '../dialogs/shortcut-table.tsx'
import { Modal } from '../ui/modal.tsx'
import { type TabOption, Tabs } from '../ui/tabs.tsx'
import { AboutSettings } from './about-settings.tsx'
import { AppearanceSettings } from './appearance-settings.tsx'
import { NotificationSettings } from './notification-settings.tsx'
import { PrivacySettings } from './privacy-settings.tsx'
import { ProfileSettings } from './profile-settings.tsx'
import { SessionSettings } from './session-settings.tsx'
import './settings.css'

export interface SettingsDialogProps {
  /** `null`: shut. */
  readonly tab: SettingsTab | null
  readonly onClose: () => void
  readonly onSignOut: () => void
}

const TABS: readonly TabOption<SettingsTab>[] = [
  { id: 'profile', label: 'Profile', icon: UserRound },
  { id: 'notifications', label: 'Notifications', icon: Bell },
  { id: 'privacy', label: 'Privacy', icon: Shield },
  { id: 'sessions', label: 'Sessions', icon: MonitorSmartphone },
  { id: 'appearance', label: 'Appearance', icon: PaletteIcon },
  { id: 'keyboard', label: 'Keyboard', icon: Keyboard },
  { id: 'about', label: 'About', icon: Info },
]

/** Each tab has an address, so it can be linked to and the back button works. */
export function SettingsDialog({ tab, onClose, onSignOut }: SettingsDialogProps): ReactElement {
  return (
    <Modal
      title="Settings"
      size="lg"
      isFlush
      isOpen={tab !== null}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      {tab !== null && (
        <div className="settings">
          <Tabs
            label="Settings"
            look="side"
            tabs={TABS}
            selected={tab}
            onSelect={(next) => navigate(settingsHref(next), { replace: true })}
          >
            <div
              className="settings-page"
              key={tab}
              tabIndex={0}
              role="group"
              aria-label="Settings"
            >
              <TabContent tab={tab} onSignOut={onSignOut} />
            </div>
          </Tabs>
        </div>
      )}
    </Modal>
  )
}

interface TabContentProps {
  readonly tab: SettingsTab
  readonly onSignOut: () => void
}

function TabContent({ tab, onSignOut }: TabContentProps): ReactElement {
  switch (tab) {
    case 'profile':
      return <ProfileSettings />
    case 'notifications':
      return <NotificationSettings />
    case 'privacy':
      return <PrivacySettings />
    case 'sessions':
      return <SessionSettings onSignOut={onSignOut} />
    case 'appearance':
      return <AppearanceSettings />
    case 'keyboard':
      return <ShortcutTable />
    case 'about':
      return <AboutSettings />
  }
}
