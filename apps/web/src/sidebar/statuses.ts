import type { ChosenStatus } from '@parley/message-schema'
import { Circle, CircleDashed, CircleMinus, type LucideIcon, Moon } from 'lucide-react'

export interface StatusOption {
  readonly value: ChosenStatus
  readonly label: string
  readonly note?: string
  readonly icon: LucideIcon
}

export const STATUSES: readonly StatusOption[] = [
  { value: 'online', label: 'Online', icon: Circle },
  { value: 'away', label: 'Away', icon: Moon },
  { value: 'dnd', label: 'Do not disturb', note: 'Nothing is pushed to you', icon: CircleMinus },
  { value: 'invisible', label: 'Invisible', note: 'Others see you offline', icon: CircleDashed },
]

export const statusWords = (status: ChosenStatus): string =>
  STATUSES.find(({ value }) => value === status)?.label ?? status
