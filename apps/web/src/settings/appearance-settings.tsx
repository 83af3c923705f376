import { useStore } from '@parley/react'
import { Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react'
import type { ReactElement } from 'react'
import { appearance, changeAppearance } from '../app/appearance.ts'
import { RadioGroup } from '../ui/radio-group.tsx'
import { SettingsSection } from './settings-section.tsx'

const THEMES = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const

const DENSITIES = [
  { value: 'cosy', label: 'Cosy', note: 'With pictures and room', icon: Rows3 },
  { value: 'compact', label: 'Compact', note: 'More messages at once', icon: Rows4 },
] as const

export function AppearanceSettings(): ReactElement {
  const { theme, density } = useStore(appearance)
  return (
    <SettingsSection title="Appearance" note="On this device.">
      <RadioGroup
        label="Theme"
        layout="row"
        options={THEMES}
        value={theme}
        onChange={(chosen) => changeAppearance({ theme: chosen })}
      />
      <RadioGroup
        label="Messages"
        layout="row"
        options={DENSITIES}
        value={density}
        onChange={(chosen) => changeAppearance({ density: chosen })}
      />
    </SettingsSection>
  )
}
