import type { Account, Accounts, WritableStore } from '@parley/client'
import { ChatProvider, useCreateChat, useStore } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { RouterProvider } from 'react-aria-components'
import { SignIn } from '../sign-in/sign-in.tsx'
import type { SessionEnd } from '../sign-in/session-end.ts'
import { ConfirmProvider } from '../ui/confirm.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { Toaster } from '../ui/toaster.tsx'
import { DialogProvider } from './dialogs.tsx'
import { HOME_HREF, navigate } from './route.ts'
import { Shell } from './shell.tsx'

export interface AppProps {
  readonly accounts: Accounts
  /** Set when a session ended without being asked to here. */
  readonly ended: WritableStore<SessionEnd | null>
}

interface SignedInProps {
  readonly account: Account
  readonly onEnd: (why: SessionEnd | null) => void
}

function SignedIn({ account, onEnd }: SignedInProps): ReactElement | null {
  const { getToken } = account
  const [userId] = useState(() => account.user.current?.id)
  const chat = useCreateChat({ getToken, ...(userId === undefined ? {} : { userId }) })
  if (chat === null) return null
  return (
    <ChatProvider chat={chat}>
      <Shell
        onEnd={onEnd}
        onSignOut={() => {
          navigate(HOME_HREF, { replace: true })
          onEnd(null)
          // Whoever uses this browser next finds nothing of mine.
          void chat.forget().finally(() => void account.signOut())
        }}
      />
    </ChatProvider>
  )
}

export function App({ accounts, ended }: AppProps): ReactElement {
  const why = useStore(ended)
  const [signedIn, setSignedIn] = useState<Account | null>(() => accounts.saved())
  const account = why === null ? signedIn : null
  return (
    <RouterProvider navigate={navigate}>
      <ConfirmProvider>
        <DialogProvider>
          <ErrorBoundary what="Parley">
            {account === null ? (
              <SignIn
                accounts={accounts}
                why={why}
                onSignedIn={(next) => {
                  ended.set(null)
                  setSignedIn(next)
                }}
              />
            ) : (
              <SignedIn
                key={account.user.current?.id}
                account={account}
                onEnd={(end) => {
                  setSignedIn(null)
                  ended.set(end)
                }}
              />
            )}
          </ErrorBoundary>
          <Toaster />
        </DialogProvider>
      </ConfirmProvider>
    </RouterProvider>
  )
}
