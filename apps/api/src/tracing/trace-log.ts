import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { LogCommand, RoomNews } from '@parley/message-schema'
import type { TraceSpan, Tracing } from '@parley/server-kit'
import type { LogStore, RoomLog } from '../room-log/room-log.ts'

export interface LogTraces {
  /** What a gateway asks: its own span is the parent. */
  readonly answering: <Result>(
    request: IncomingMessage,
    answer: () => Promise<Result>,
  ) => Promise<Result>
  /** What comes over REST may begin a trace. */
  readonly requests: (app: RequestListener) => RequestListener
  readonly roomLog: <Log extends Pick<RoomLog, 'submit' | 'run'>>(log: Log) => Log
  readonly store: (store: LogStore) => LogStore
  /** Names the trace in the news of what it has made. To be ended when Redis has it. */
  readonly publishing: (news: readonly RoomNews[]) => TraceSpan | undefined
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

const given = ({ headers }: IncomingMessage): string | undefined => {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceparent : undefined
}

/** Reads make nothing that could be followed. */
const traceRequests =
  (tracing: Tracing, asked: AsyncLocalStorage<string>, app: RequestListener): RequestListener =>
  (request, response) => {
    const { method = '' } = request
    const attributes = { 'http.request.method': method }
    const span = READS.has(method)
      ? undefined
      : tracing.begin('parley.request', given(request), { kind: 'SERVER', attributes })
    if (span === undefined) {
      app(request, response)
      return
    }
    response.once('close', () => {
      span.set({ 'http.response.status_code': response.statusCode })
      span.end()
    })
    asked.run(span.traceparent, () => app(request, response))
  }

/**
 * The spans of a message in the API. A transaction has the commands of many: it is a child of the first that is
 * traced, and linked to the others.
 */
export function traceLog(tracing: Tracing): LogTraces {
  const asked = new AsyncLocalStorage<string>()
  const ofCommand = new WeakMap<LogCommand, string>()
  const ofNews = new WeakMap<RoomNews, string>()
  const note = (command: LogCommand): void => {
    const from = asked.getStore()
    if (from !== undefined) ofCommand.set(command, from)
  }

  return {
    async answering(request, answer) {
      const from = given(request)
      const span =
        from === undefined
          ? undefined
          : tracing.start('parley.commands', [from], { kind: 'SERVER' })
      if (span === undefined) return answer()
      try {
        return await asked.run(span.traceparent, answer)
      } finally {
        span.end()
      }
    },
    requests: (app) => traceRequests(tracing, asked, app),
    roomLog: (log) => ({
      ...log,
      submit: (command: LogCommand) => {
        note(command)
        return log.submit(command)
      },
      run: (command: never) => {
        note(command)
        return log.run(command)
      },
    }),
    store: ({ runBatch }) => ({
      async runBatch(commands) {
        const traced = commands.filter((command) => ofCommand.has(command))
        const from = new Set(traced.map((command) => ofCommand.get(command) ?? ''))
        const attributes = { 'parley.commands': commands.length }
        const span = tracing.start('parley.transaction', [...from], {
          kind: 'INTERNAL',
          attributes,
        })
        if (span === undefined) return runBatch(commands)
        try {
          const outcome = await runBatch(commands)
          const rooms = new Set(traced.map(({ roomId }) => roomId))
          for (const one of outcome.news)
            if (rooms.has(one.roomId)) ofNews.set(one, span.traceparent)
          span.end()
          return outcome
        } catch (error) {
          span.end(error)
          throw error
        }
      },
    }),
    publishing(news) {
      const traced = news.filter((one) => ofNews.has(one))
      const from = new Set(traced.map((one) => ofNews.get(one) ?? ''))
      const span = tracing.start('parley.publish', [...from], { kind: 'PRODUCER' })
      if (span !== undefined) for (const one of traced) one.traceparent = span.traceparent
      return span
    },
  }
}
