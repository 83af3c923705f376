import { useChat, useStore, useUser } from '@parley/react'
import { UserRoundCheck } from 'lucide-react'
import type { ReactElement } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toastError } from '../ui/toaster.tsx'
import { SettingsSection } from './settings-section.tsx'

export function BlockedPeople(): ReactElement {
  const { people } = useChat()
  const blocked = useStore(people.blocked)
  return (
    <SettingsSection
      title="Blocked people"
      note="They cannot write to you directly, and are not told."
    >
      {blocked.size === 0 ? (
        <EmptyState
          isSmall
          icon={UserRoundCheck}
          title="You have blocked nobody"
          text="You block somebody from their name in a room."
        />
      ) : (
        <ul>
          {[...blocked].map((userId) => (
            <li key={userId} className="settings-row">
              <BlockedPerson userId={userId} />
            </li>
          ))}
        </ul>
      )}
    </SettingsSection>
  )
}

function BlockedPerson({ userId }: { readonly userId: string }): ReactElement {
  const { people } = useChat()
  const user = useUser(userId)
  const { run, isBusy } = useAction()
  const name = user?.displayName ?? userId
  const unblock = async (): Promise<void> => {
    try {
      await people.unblock(userId)
    } catch (error) {
      toastError(error, `${name} is still blocked.`)
    }
  }
  return (
    <>
      <Avatar name={name} seed={userId} url={user?.avatarUrl ?? null} size={32} />
      <span className="settings-row-words">
        {user === null ? (
          <Skeleton width="8rem" />
        ) : (
          <span className="truncate" dir="auto">
            {name}
          </span>
        )}
      </span>
      <Button
        size="sm"
        isPending={isBusy}
        aria-label={`Unblock ${name}`}
        onPress={() => void run(unblock)}
      >
        Unblock
      </Button>
    </>
  )
}
