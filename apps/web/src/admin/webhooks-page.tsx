import type { Webhook, WebhookDelivery } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { RotateCw, Webhook as WebhookIcon } from 'lucide-react'
import { type FormEvent, type ReactElement, useState } from 'react'
import { fullWhen, shortWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { MoreRows } from '../panels/more-rows.tsx'
import { usePages } from '../panels/use-pages.ts'
import { Button } from '../ui/button.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { LookedAt } from './looked-at.tsx'
import { Table } from './table.tsx'
import { useLook } from './use-look.ts'

const EVERY_MS = 5_000

/** Where events are sent, and what became of them. */
export function WebhooksPage(): ReactElement {
  const { call } = useChat()
  const [chosen, setChosen] = useState<string | null>(null)
  const look = useLook(
    'webhooks',
    async (signal) => (await call('GET /v1/webhooks', { query: { limit: 200 }, signal })).data,
    EVERY_MS,
  )
  const webhook = look.value?.find(({ id }) => id === chosen)
  return (
    <LookedAt look={look} what="The webhooks">
      {(webhooks) =>
        webhooks.length === 0 ? (
          <EmptyState
            isSmall
            icon={WebhookIcon}
            title="There are no webhooks"
            text="Backends make them with an API key."
          />
        ) : (
          <>
            <Table label="Webhooks" columns={['Address', 'State', 'What', 'Actions']}>
              {webhooks.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.url}</th>
                  <td>
                    <span
                      className="panel-chip"
                      data-kind={one.status === 'active' ? 'done' : 'danger'}
                    >
                      {one.status}
                    </span>
                  </td>
                  <td className="admin-wide">{one.disabledReason ?? one.description}</td>
                  <td>
                    <Button size="sm" onPress={() => setChosen(one.id)}>
                      Deliveries
                    </Button>
                  </td>
                </tr>
              ))}
            </Table>
            {webhook !== undefined && <Deliveries key={webhook.id} webhook={webhook} />}
          </>
        )
      }
    </LookedAt>
  )
}

function Deliveries({ webhook }: { readonly webhook: Webhook }): ReactElement {
  const { call } = useChat()
  const { id } = webhook
  const pages = usePages<WebhookDelivery>(id, async (before, signal) => {
    const { data, page } = await call('GET /v1/webhooks/:id/deliveries', {
      params: { id },
      query: { limit: 50, ...(before !== null && { before }) },
      signal,
    })
    return { items: data.toReversed(), cursor: page.before === null ? null : String(page.before) }
  })
  const { items, error, retry } = pages
  return (
    <section className="admin-card" aria-label="Deliveries">
      <h2>Deliveries to {webhook.url}</h2>
      <Replay webhook={webhook} onReplayed={pages.reload} />
      {items === null && error !== null && (
        <ErrorNotice error={error} title="The deliveries could not be read." onRetry={retry} />
      )}
      {items?.length === 0 && <p className="admin-note">Nothing was sent yet.</p>}
      {items !== null && items.length > 0 && (
        <>
          <Table
            label="Deliveries"
            columns={['When', 'Event', 'State', 'Tries', 'Answer', 'Actions']}
          >
            {items.map((one) => (
              <Delivery key={one.id} webhookId={id} delivery={one} onRetried={pages.reload} />
            ))}
          </Table>
          <MoreRows pages={pages} label="Earlier" />
        </>
      )}
    </section>
  )
}

interface DeliveryProps {
  readonly webhookId: string
  readonly delivery: WebhookDelivery
  readonly onRetried: () => void
}

function Delivery({ webhookId, delivery, onRetried }: DeliveryProps): ReactElement {
  const { call } = useChat()
  const confirm = useConfirm()
  const { isBusy, run } = useAction()
  const { id, event, seq, roomId, status, attemptedAt } = delivery
  const retry = async (): Promise<void> => {
    const yes = await confirm({
      title: 'Send this event once more?',
      text: `${event}, ${seq} of ${roomId}. The endpoint knows it by its webhook-id.`,
      action: 'Send',
    })
    if (!yes) return
    const params = { id: webhookId, deliveryId: id }
    await call('POST /v1/webhooks/:id/deliveries/:deliveryId/retry', { params }).then(
      () => toast({ text: 'The event is sent again, soon.', tone: 'done' }),
      (error: unknown) => toastError(error, 'The event was not sent again.'),
    )
    onRetried()
  }
  return (
    <tr>
      <td>
        <time dateTime={attemptedAt} title={fullWhen(attemptedAt)}>
          {shortWhen(attemptedAt)}
        </time>
      </td>
      <th scope="row">
        {event} <span className="admin-note">seq {seq}</span>
      </th>
      <td>{status}</td>
      <td>{delivery.attempts}</td>
      <td>{delivery.statusCode ?? delivery.error ?? '–'}</td>
      <td>
        <Button size="sm" icon={RotateCw} isPending={isBusy} onPress={() => void run(retry)}>
          Send again
        </Button>
      </td>
    </tr>
  )
}

interface ReplayProps {
  readonly webhook: Webhook
  readonly onReplayed: () => void
}

function Replay({ webhook, onReplayed }: ReplayProps): ReactElement {
  const { call } = useChat()
  const confirm = useConfirm()
  const { isBusy, error, run } = useAction()
  const [roomId, setRoomId] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const replay = async (): Promise<void> => {
    const yes = await confirm({
      title: 'Send these events once more?',
      text: `From ${from} to ${to} of ${roomId.trim()}, in order, to ${webhook.url}.`,
      action: 'Send them',
    })
    if (!yes) return
    await call('POST /v1/webhooks/:id/replay', {
      params: { id: webhook.id },
      body: { roomId: roomId.trim(), fromSeq: Number(from), toSeq: Number(to) },
    })
    toast({ text: 'The range is sent again, soon.', tone: 'done' })
    onReplayed()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run(replay)
  }
  return (
    <>
      <form className="admin-form" onSubmit={submit}>
        <TextField label="Room id" value={roomId} onChange={setRoomId} isRequired />
        <TextField
          label="From seq"
          value={from}
          onChange={setFrom}
          inputMode="numeric"
          isRequired
        />
        <TextField label="To seq" value={to} onChange={setTo} inputMode="numeric" isRequired />
        <Button type="submit" isPending={isBusy}>
          Replay
        </Button>
      </form>
      {error !== null && <ErrorNotice error={error} title="The range is not sent again." />}
    </>
  )
}
