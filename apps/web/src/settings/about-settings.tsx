import type { Guarantees } from '@parley/client'
import { useConnection, useGuarantees, useOutbox } from '@parley/react'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { ReactElement } from 'react'
import { SettingsSection } from './settings-section.tsx'

const VIA_WORDS = {
  websocket: 'WebSocket',
  polling: 'Socket.IO over HTTP',
  http: 'Plain HTTP',
  tab: 'Another tab of this browser',
} as const

const STATUS_WORDS = {
  idle: 'Not connected',
  connecting: 'Connecting',
  'catching-up': 'Catching up',
  live: 'Live',
  waiting: 'Waiting to reconnect',
  offline: 'Offline',
  ended: 'Ended',
} as const

const isKept = ({ gaps, doubles, regressions }: Guarantees): boolean =>
  gaps + doubles + regressions === 0

/** Whether the server keeps its word, and how one is connected. */
export function AboutSettings(): ReactElement {
  const guarantees = useGuarantees()
  const { status, via, gateway } = useConnection()
  const waiting = useOutbox().length
  const kept = isKept(guarantees)
  const Shield = kept ? ShieldCheck : ShieldAlert
  const counters = [
    { name: 'gaps', count: guarantees.gaps },
    { name: 'doubles', count: guarantees.doubles },
    { name: 'regressions', count: guarantees.regressions },
  ]
  return (
    <>
      <SettingsSection
        title="Guarantees"
        note="A room is a numbered log. This page counts whatever came out of its order."
      >
        <div className="about-kept" data-kept={kept}>
          <Shield size={28} aria-hidden />
          <ul className="about-counters" aria-label="Counted">
            {counters.map(({ name, count }) => (
              <li key={name} data-testid={`guarantee-${name}`}>
                <b>{count.toLocaleString()}</b> {name}
              </li>
            ))}
          </ul>
          <p>in {guarantees.events.toLocaleString()} events since this page was opened</p>
        </div>
        {!kept && (
          <p className="settings-note">
            What was missing was asked for again and what was double was dropped: what you see is
            right. Please report it.
          </p>
        )}
      </SettingsSection>
      <SettingsSection title="Connection">
        <dl className="about-facts">
          <div>
            <dt>State</dt>
            <dd>{STATUS_WORDS[status]}</dd>
          </div>
          <div>
            <dt>By</dt>
            <dd>{via === null ? '–' : VIA_WORDS[via]}</dd>
          </div>
          <div>
            <dt>Gateway</dt>
            <dd data-testid="gateway">{gateway ?? '–'}</dd>
          </div>
          <div>
            <dt>Not sent yet</dt>
            <dd>{waiting.toLocaleString()}</dd>
          </div>
        </dl>
      </SettingsSection>
    </>
  )
}
