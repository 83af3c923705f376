import type { RoomInfo } from '@parley/client'
import type { RoomChange } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { useConfirm } from '../ui/confirm.tsx'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { toastError } from '../ui/toaster.tsx'
import { numberChoices, numberOf, spanWords } from './choice-words.ts'
import { PanelSection } from './panel-frame.tsx'
import { mayIn } from './room-rights.ts'

const VISIBILITIES = [
  { value: 'public', label: 'Public', note: 'Everybody can find and join it.' },
  { value: 'private', label: 'Private', note: 'One comes in by invite only.' },
] as const

const HISTORIES = [
  { value: 'all', label: 'Everything', note: 'Also what was said before they came.' },
  { value: 'since-join', label: 'Since they came', note: 'Nothing of what was said before.' },
] as const

const SLOW_S = [0, 5, 10, 30, 60, 300, 900, 3_600]
const KEPT_DAYS = [null, 1, 7, 30, 90, 365]
const DAY_S = 86_400

type Change = (change: RoomChange) => Promise<void>

/** What was chosen is shown at once, and taken back where it is refused. */
function useChange(info: RoomInfo): { shown: RoomInfo; change: Change } {
  const room = useChat().rooms.get(info.id)
  const [pending, setPending] = useState<RoomChange>({})
  const { history, slowModeS, retentionDays, ...rest } = pending
  const settings = { history, slowModeS, retentionDays }
  const isSet = ([, value]: [string, unknown]): boolean => value !== undefined
  return {
    shown: {
      ...info,
      ...(Object.fromEntries(Object.entries(rest).filter(isSet)) as Partial<RoomInfo>),
      settings: {
        ...info.settings,
        ...(Object.fromEntries(Object.entries(settings).filter(isSet)) as Partial<
          RoomInfo['settings']
        >),
      },
    },
    change: async (change) => {
      setPending(change)
      try {
        await room.update(change)
      } catch (error) {
        toastError(error, 'It was not changed.')
      } finally {
        setPending({})
      }
    },
  }
}

/** Settings that I may change; what needs a right that I have not is not there. */
export function RoomSettings({ info }: { readonly info: RoomInfo }): ReactElement | null {
  const { shown, change } = useChange(info)
  const mayUpdate = mayIn(info, 'room:update')
  const mayFreeze = mayIn(info, 'room:freeze')
  const mayArchive = mayIn(info, 'room:archive')
  if (!mayUpdate && !mayFreeze && !mayArchive) return null
  return (
    <PanelSection title="Settings">
      {mayUpdate && <Access info={shown} change={change} />}
      {mayFreeze && <Pace info={shown} change={change} />}
      {mayUpdate && <Keeping info={shown} change={change} />}
      {mayArchive && <Archiving info={shown} change={change} />}
    </PanelSection>
  )
}

interface PartProps {
  readonly info: RoomInfo
  readonly change: Change
}

function Access({ info, change }: PartProps): ReactElement {
  return (
    <>
      <Select
        label="Who can find it"
        options={VISIBILITIES}
        value={info.visibility}
        isDisabled={info.archived}
        onChange={(visibility) => void change({ visibility })}
      />
      <Select
        label="What new members see"
        options={HISTORIES}
        value={info.settings.history}
        isDisabled={info.archived}
        onChange={(history) => void change({ history })}
      />
    </>
  )
}

function Pace({ info, change }: PartProps): ReactElement {
  const { slowModeS } = info.settings
  return (
    <>
      <Select
        label="Slow mode"
        options={numberChoices(SLOW_S, slowModeS, (s) => (s === 0 ? 'Off' : spanWords(s)), 'Off')}
        value={String(slowModeS)}
        isDisabled={info.archived}
        onChange={(value) => void change({ slowModeS: numberOf(value) ?? 0 })}
      />
      <Switch
        label="Freeze the room"
        note="Only moderators write until it is taken back."
        isSelected={info.frozen}
        isDisabled={info.archived}
        onChange={(frozen) => void change({ frozen })}
      />
    </>
  )
}

function Keeping({ info, change }: PartProps): ReactElement {
  const confirm = useConfirm()
  const { retentionDays } = info.settings
  const choose = async (days: number | null): Promise<void> => {
    const isLess = days !== null && (retentionDays === null || days < retentionDays)
    if (isLess) {
      const yes = await confirm({
        title: `Keep messages for ${spanWords(days * DAY_S)}?`,
        text: 'What is older is erased for everybody, for good: messages, files and what they were before they were edited.',
        action: 'Erase what is older',
        isDanger: true,
      })
      if (!yes) return
    }
    await change({ retentionDays: days })
  }
  return (
    <Select
      label="Messages are kept"
      options={numberChoices(
        KEPT_DAYS,
        retentionDays,
        (days) => spanWords(days * DAY_S),
        'For ever',
      )}
      value={String(retentionDays)}
      isDisabled={info.archived}
      onChange={(value) => void choose(numberOf(value))}
    />
  )
}

function Archiving({ info, change }: PartProps): ReactElement {
  const confirm = useConfirm()
  const choose = async (archived: boolean): Promise<void> => {
    if (archived) {
      const yes = await confirm({
        title: 'Archive this room?',
        text: 'It can be read, and nobody writes or changes anything until it is brought back.',
        action: 'Archive',
      })
      if (!yes) return
    }
    await change({ archived })
  }
  return (
    <Switch
      label="Archive the room"
      note="It can be read, not changed."
      isSelected={info.archived}
      onChange={(archived) => void choose(archived)}
    />
  )
}
