import type { ConnectionState } from '@parley/client'
import { useChat, useConnection } from '@parley/react'
import { CircleAlert, CloudOff, LoaderCircle } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { errorText } from '../ui/error-text.ts'

/** A gap this short is not worth a word. */
const PATIENCE_MS = 1_500

function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isTicking) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [isTicking])
  return now
}

/** True once it has been so for `PATIENCE_MS`. */
function useLasting(isSo: boolean): boolean {
  const [lasts, setLasts] = useState(false)
  useEffect(() => {
    if (!isSo) return setLasts(false)
    const timer = setTimeout(() => setLasts(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isSo])
  return isSo && lasts
}

const isAway = ({ status, attempt }: ConnectionState): boolean =>
  status === 'waiting' || status === 'offline' || (status === 'connecting' && attempt > 0)

/** Says that what one sees may be old, why, and what can be done. */
export function ConnectionBanner(): ReactElement {
  const state = useConnection()
  const lasts = useLasting(isAway(state))
  return (
    <div role="status">
      {state.status === 'ended' ? <Ended state={state} /> : lasts && <Away state={state} />}
    </div>
  )
}

function Away({ state }: { readonly state: ConnectionState }): ReactElement {
  const { connection } = useChat()
  const { status, retryAt } = state
  const now = useNow(status === 'waiting')
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1_000))
  if (status === 'offline') {
    return (
      <div className="shell-banner">
        <CloudOff size={16} aria-hidden />
        <span>Offline. What you write is sent when you are back.</span>
      </div>
    )
  }
  return (
    <div className="shell-banner">
      <LoaderCircle size={16} aria-hidden />
      <span>
        {/* The countdown is not read out second by second. */}
        Reconnecting
        <span aria-hidden>{status === 'waiting' && seconds > 0 ? ` in ${seconds} s` : '…'}</span>
      </span>
      {status === 'waiting' && seconds > 1 && (
        <Button variant="quiet" size="sm" onPress={connection.retryNow}>
          Try now
        </Button>
      )}
    </div>
  )
}

function Ended({ state }: { readonly state: ConnectionState }): ReactElement {
  const isOld = state.error?.code === 'UNSUPPORTED_VERSION'
  const { connection } = useChat()
  return (
    <div className="shell-banner" data-tone="problem">
      <CircleAlert size={16} aria-hidden />
      <span>{state.error === null ? 'Not connected.' : errorText(state.error)}</span>
      <Button
        variant="quiet"
        size="sm"
        onPress={() => (isOld ? location.reload() : connection.connect())}
      >
        {isOld ? 'Reload' : 'Connect'}
      </Button>
    </div>
  )
}
