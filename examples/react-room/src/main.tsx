import { type Account, createAccounts } from '@parley/client'
import { ChatProvider, useCreateChat } from '@parley/react'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { FindRoom } from './find-room.tsx'
import './style.css'

const accounts = createAccounts()

function App() {
  const [account, setAccount] = useState(() => accounts.saved())
  const chat = useCreateChat(account === null ? null : { getToken: account.getToken })
  if (account === null) return <SignIn onDone={setAccount} />
  if (chat === null) return null
  return (
    <ChatProvider chat={chat}>
      <FindRoom />
    </ChatProvider>
  )
}

function SignIn({ onDone }: { onDone: (account: Account) => void }) {
  const [name, setName] = useState('')
  const [error, setError] = useState('')
  const signIn = () =>
    accounts.guest(name).then(onDone, (reason: Error) => setError(reason.message))
  return (
    <form className="sign-in" action={signIn}>
      <label>
        Your name
        <input
          required
          maxLength={80}
          autoComplete="nickname"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <button>Come in</button>
      <p role="alert">{error}</p>
    </form>
  )
}

createRoot(document.querySelector('#root') ?? document.body).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
