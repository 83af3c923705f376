import type { IncomingMessage, RequestListener } from 'node:http'
import { INTERNAL_PATHS } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { RequestSeconds } from '../http/access-log.ts'
import type { LogTraces } from '../tracing/trace-log.ts'
import { createInternalAnswers, type InternalPorts } from './internal-answers.ts'
import { createInternalEndpoint, type InternalAnswers } from './internal-endpoint.ts'

export interface CreateInternalPorts extends InternalPorts {
  readonly internalToken: string
  readonly logger: Logger
  readonly requestSeconds: RequestSeconds
  readonly traces: LogTraces | undefined
}

const PREFIX = '/internal/'
const isInternal = ({ url = '' }: IncomingMessage): boolean => url.startsWith(PREFIX)

/** Of what gateways ask, commands are part of traces. */
function traced(answers: InternalAnswers, traces: LogTraces): InternalAnswers {
  const commands = answers.get(INTERNAL_PATHS.commands)
  if (commands === undefined) return answers
  const run: typeof commands.run = (input, request) =>
    traces.answering(request, () => commands.run(input, request))
  return new Map([...answers, [INTERNAL_PATHS.commands, { ...commands, run }]])
}

/** Gateways are answered here, everybody else by the app. */
export function createInternal(ports: CreateInternalPorts, app: RequestListener): RequestListener {
  const { internalToken, logger, requestSeconds, traces } = ports
  const answers = createInternalAnswers(ports)
  const outside = traces?.requests(app) ?? app
  const endpoint = createInternalEndpoint({
    answers: traces === undefined ? answers : traced(answers, traces),
    internalToken,
    logger: logger.child({ part: 'internal' }),
    observe: (route, status, seconds) =>
      requestSeconds.observe({ method: 'POST', route, status: String(status) }, seconds),
  })
  return (request, response) => {
    if (isInternal(request)) endpoint(request, response)
    else outside(request, response)
  }
}
