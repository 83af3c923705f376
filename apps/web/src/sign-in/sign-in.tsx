import type { Account, Accounts } from '@parley/client'
import { Info } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useRoute } from '../app/route.ts'
import { Tabs } from '../ui/tabs.tsx'
import { GuestForm } from './guest-form.tsx'
import { RegisterForm } from './register-form.tsx'
import { type SessionEnd, sessionEndText } from './session-end.ts'
import { SignInForm } from './sign-in-form.tsx'
import './sign-in.css'

export interface SignInProps {
  readonly accounts: Accounts
  /** Why one is here again. */
  readonly why: SessionEnd | null
  readonly onSignedIn: (account: Account) => void
}

const WAYS = [
  { id: 'sign-in', label: 'Sign in' },
  { id: 'register', label: 'Register' },
  { id: 'guest', label: 'Guest' },
] as const

/** The address stays as it is meanwhile, so an invite or a link to a message goes on after it. */
export function SignIn({ accounts, why, onSignedIn }: SignInProps): ReactElement {
  const [way, setWay] = useState<(typeof WAYS)[number]['id']>('sign-in')
  const route = useRoute()
  const notice =
    why !== null
      ? sessionEndText(why)
      : route.name === 'invite'
        ? 'You have an invite. Sign in, register or come as a guest to join.'
        : null
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <header className="sign-in-head">
          <img src="/favicon.svg" width={44} height={44} alt="" />
          <h1>Parley</h1>
          <p>Every message, in order, on every device.</p>
        </header>
        {notice !== null && (
          <p className="sign-in-notice" role="status">
            <Info size={17} aria-hidden />
            {notice}
          </p>
        )}
        <Tabs label="Ways to sign in" look="pill" tabs={WAYS} selected={way} onSelect={setWay}>
          {way === 'sign-in' && <SignInForm accounts={accounts} onSignedIn={onSignedIn} />}
          {way === 'register' && <RegisterForm accounts={accounts} onSignedIn={onSignedIn} />}
          {way === 'guest' && <GuestForm accounts={accounts} onSignedIn={onSignedIn} />}
        </Tabs>
      </div>
    </main>
  )
}
