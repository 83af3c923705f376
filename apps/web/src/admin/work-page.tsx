import type { RouteAnswer } from '@parley/client'
import { useChat } from '@parley/react'
import { RotateCw } from 'lucide-react'
import type { ReactElement } from 'react'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { LookedAt } from './looked-at.tsx'
import { Table } from './table.tsx'
import { useLook } from './use-look.ts'

type Failed = RouteAnswer<'GET /v1/admin/jobs'>['work']['failed'][number]

const EVERY_MS = 5_000
const secondsOf = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

/** What workers have to do. */
export function WorkPage(): ReactElement {
  const { call } = useChat()
  const look = useLook(
    'work',
    async (signal) => (await call('GET /v1/admin/jobs', { signal })).work,
    EVERY_MS,
  )
  return (
    <LookedAt look={look} what="The work">
      {({ queues, failed, outbox, search }) => (
        <>
          <dl className="admin-facts">
            <dt>Outbox</dt>
            <dd>
              {outbox.rows.toLocaleString()} rows, the oldest {secondsOf(outbox.oldestMs)} old
            </dd>
            <dt>Search</dt>
            <dd>
              {search.rooms.toLocaleString()} rooms late, the first by {secondsOf(search.oldestMs)}
            </dd>
          </dl>
          {queues === null ? (
            <p className="admin-warning" role="status">
              Redis is away: what is queued is not known. Nothing is lost.
            </p>
          ) : (
            <Table label="Queues" columns={['Queue', 'Waiting', 'Active', 'Delayed', 'Failed']}>
              {queues.map((queue) => (
                <tr key={queue.name}>
                  <th scope="row">{queue.name}</th>
                  <td>{queue.waiting.toLocaleString()}</td>
                  <td>{queue.active.toLocaleString()}</td>
                  <td>{queue.delayed.toLocaleString()}</td>
                  <td>{queue.failed.toLocaleString()}</td>
                </tr>
              ))}
            </Table>
          )}
          {failed.length > 0 && (
            <>
              <h2>Failed jobs</h2>
              <Table label="Failed jobs" columns={['Job', 'Reason', 'Tries', 'When', 'Actions']}>
                {failed.map((job) => (
                  <FailedRow key={`${job.queue} ${job.id}`} job={job} onRetried={look.again} />
                ))}
              </Table>
            </>
          )}
        </>
      )}
    </LookedAt>
  )
}

interface FailedRowProps {
  readonly job: Failed
  readonly onRetried: () => void
}

function FailedRow({ job, onRetried }: FailedRowProps): ReactElement {
  const { call } = useChat()
  const { isBusy, run } = useAction()
  const retry = async (): Promise<void> => {
    const params = { queue: job.queue, jobId: job.id }
    await call('POST /v1/admin/jobs/:queue/:jobId/retry', { params }).then(
      () => toast({ text: 'The job is tried again.', tone: 'done' }),
      (error: unknown) => toastError(error, 'The job was not tried again.'),
    )
    onRetried()
  }
  return (
    <tr>
      <th scope="row">
        {job.job} <span className="admin-note">{job.queue}</span>
      </th>
      <td className="admin-wide">{job.reason}</td>
      <td>{job.attempts}</td>
      <td>
        {job.failedAt !== null && (
          <time dateTime={job.failedAt} title={fullWhen(job.failedAt)}>
            {agoWords(job.failedAt)}
          </time>
        )}
      </td>
      <td>
        <Button size="sm" icon={RotateCw} isPending={isBusy} onPress={() => void run(retry)}>
          Retry
        </Button>
      </td>
    </tr>
  )
}
