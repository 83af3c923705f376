import { useChat } from '@parley/react'
import { ArrowLeft, ShieldX } from 'lucide-react'
import { type ReactElement, useEffect } from 'react'
import { type AdminPage, adminHref, HOME_HREF, navigate } from '../app/route.ts'
import { PanelSkeleton } from '../panels/panel-skeleton.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useLoaded } from '../settings/use-loaded.ts'
import { AuditPage } from './audit-page.tsx'
import { ClusterPage } from './cluster-page.tsx'
import { ModerationPage } from './moderation-page.tsx'
import { RoomsPage } from './rooms-page.tsx'
import { UnreadPage } from './unread-page.tsx'
import { WebhooksPage } from './webhooks-page.tsx'
import { WorkPage } from './work-page.tsx'
// Of parts that are borrowed from the panels.
import '../panels/members-panel.css'
import '../panels/search-panel.css'
import './admin.css'

const TABS: readonly { readonly id: AdminPage; readonly label: string }[] = [
  { id: 'cluster', label: 'Cluster' },
  { id: 'rooms', label: 'Rooms' },
  { id: 'work', label: 'Queue' },
  { id: 'webhooks', label: 'Webhooks' },
  { id: 'moderation', label: 'Moderation' },
  { id: 'audit', label: 'Audit log' },
  { id: 'unread', label: 'Unread' },
]
const PAGES: Readonly<Record<AdminPage, () => ReactElement>> = {
  cluster: ClusterPage,
  rooms: RoomsPage,
  work: WorkPage,
  webhooks: WebhooksPage,
  moderation: ModerationPage,
  audit: AuditPage,
  unread: UnreadPage,
}

/** For operators. What they may is the server's to say: the page only does not offer what is refused. */
export function AdminConsole({ page }: { readonly page: AdminPage }): ReactElement {
  const { call } = useChat()
  const me = useLoaded(() => call('GET /v1/me'))
  useEffect(() => {
    document.title = 'Admin console · Parley'
  }, [page])
  return (
    <main className="admin">
      <div className="admin-bar">
        <IconButton
          label="Back to the rooms"
          icon={ArrowLeft}
          onPress={() => navigate(HOME_HREF)}
        />
        <h1>Admin console</h1>
      </div>
      {me.value === null && me.error === null && <PanelSkeleton label="Asking who you are" />}
      {me.value === null && me.error !== null && (
        <ErrorNotice error={me.error} title="The console could not be opened." onRetry={me.retry} />
      )}
      {me.value !== null && me.value.operator !== true && (
        <EmptyState
          icon={ShieldX}
          title="This is for operators"
          text="You are not one. Whoever runs this server names them in its settings."
        />
      )}
      {me.value?.operator === true && <Pages page={page} />}
    </main>
  )
}

function Pages({ page }: { readonly page: AdminPage }): ReactElement {
  const Page = PAGES[page]
  return (
    <Tabs
      label="Admin console"
      tabs={TABS}
      selected={page}
      onSelect={(next) => navigate(adminHref(next), { replace: true })}
    >
      <div className="admin-page" key={page} tabIndex={0} role="group" aria-label="Page">
        <Page />
      </div>
    </Tabs>
  )
}
