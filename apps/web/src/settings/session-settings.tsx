import type { RouteAnswer } from '@parley/client'
import { useChat, useMe } from '@parley/react'
import { LogOut, MonitorSmartphone } from 'lucide-react'
import type { ReactElement } from 'react'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { useSignOut } from '../sidebar/me-menu.tsx'
import { Button } from '../ui/button.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { LoadedPart, SettingsSection } from './settings-section.tsx'
import { type Loaded, useLoaded } from './use-loaded.ts'

type Session = RouteAnswer<'GET /v1/me/sessions'>['data'][number]

/** Where I am signed in. */
export function SessionSettings({ onSignOut }: { readonly onSignOut: () => void }): ReactElement {
  const { call } = useChat()
  const me = useMe()
  const signOut = useSignOut(me, onSignOut)
  const sessions = useLoaded<readonly Session[]>(
    async () => (await call('GET /v1/me/sessions', {})).data,
  )
  return (
    <SettingsSection
      title="Sessions"
      note="Where you are signed in. What you end stops there at once."
    >
      <LoadedPart loaded={sessions}>
        {(list) => <SessionList sessions={sessions} list={list} />}
      </LoadedPart>
      <div className="settings-buttons">
        <Button icon={LogOut} onPress={() => void signOut()}>
          Sign out here
        </Button>
      </div>
    </SettingsSection>
  )
}

interface SessionListProps {
  readonly sessions: Loaded<readonly Session[]>
  readonly list: readonly Session[]
}

function SessionList({ sessions, list }: SessionListProps): ReactElement {
  const { call } = useChat()
  const confirm = useConfirm()
  const { run, isBusy, error } = useAction()
  const others = list.filter(({ current }) => !current)
  const end = (id: string): Promise<boolean> =>
    run(async () => {
      await call('DELETE /v1/me/sessions/:id', { params: { id } })
      sessions.set(list.filter((session) => session.id !== id))
    })
  const endOthers = async (): Promise<void> => {
    const question = {
      title: 'End all other sessions?',
      text: 'Everywhere but here you will have to sign in again.',
      action: 'End them',
      isDanger: true,
    }
    if (!(await confirm(question))) return
    await run(async () => {
      await call('DELETE /v1/me/sessions', {})
      sessions.set(list.filter(({ current }) => current))
    })
  }
  return (
    <>
      <ul>
        {list.map((session) => (
          <li key={session.id} className="settings-row">
            <MonitorSmartphone size={20} aria-hidden />
            <SessionWords session={session} />
            {!session.current && (
              <Button
                size="sm"
                isDisabled={isBusy}
                aria-label={`End the session of ${fullWhen(session.createdAt)}`}
                onPress={() => void end(session.id)}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {error !== null && <ErrorNotice title="It was not ended." error={error} />}
      {others.length > 1 && (
        <div className="settings-buttons">
          <Button variant="danger" isDisabled={isBusy} onPress={() => void endOthers()}>
            End all others
          </Button>
        </div>
      )}
    </>
  )
}

function SessionWords({ session }: { readonly session: Session }): ReactElement {
  const { createdAt, refreshedAt, current } = session
  return (
    <span className="settings-row-words">
      <span>
        {current ? 'This one' : 'Another one'}
        <span className="settings-note"> · last used {agoWords(refreshedAt)}</span>
      </span>
      <time className="settings-note" dateTime={createdAt}>
        Signed in {fullWhen(createdAt)}
      </time>
    </span>
  )
}
