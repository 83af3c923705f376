import type { ReactElement, ReactNode } from 'react'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import type { Loaded } from './use-loaded.ts'

export interface SettingsSectionProps {
  readonly title: string
  readonly note?: ReactNode
  readonly children: ReactNode
}

export function SettingsSection({ title, note, children }: SettingsSectionProps): ReactElement {
  return (
    <section className="settings-section">
      <h3>{title}</h3>
      {note !== undefined && <p className="settings-note">{note}</p>}
      {children}
    </section>
  )
}

export interface LoadedPartProps<Value> {
  readonly loaded: Loaded<Value>
  readonly children: (value: Value) => ReactNode
}

/** What was read, or its skeleton, or what went wrong. */
export function LoadedPart<Value>({ loaded, children }: LoadedPartProps<Value>): ReactNode {
  if (loaded.value !== null) return children(loaded.value)
  if (loaded.error !== null) {
    return <ErrorNotice title="It could not be read." error={loaded.error} onRetry={loaded.retry} />
  }
  return (
    <div className="settings-wait" aria-busy="true">
      <Skeleton width="60%" />
      <Skeleton width="85%" />
      <Skeleton width="45%" />
    </div>
  )
}
