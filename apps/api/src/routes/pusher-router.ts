import { ERRORS, invalidFrom, LIMITS, ParleyError, type RouteSpec } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import express, {
  Router,
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import type { z } from 'zod'
import type { KeyIdentity } from '../auth/caller.ts'
import { clientMsgIdAt } from '../http/idempotency-key.ts'
import { limitBodyTime } from '../http/limit-body-time.ts'
import { fromExpress } from '../http/problem.ts'
import type { RateLimits } from '../http/rate-limits.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { ChannelInfo, DescribeChannels } from '../pusher/describe-channels.ts'
import type { PusherApp } from '../pusher/pusher-env.ts'
import {
  Trigger,
  TriggerBatch,
  type PusherEvent,
  type Triggered,
  type TriggerEvents,
} from '../pusher/trigger-events.ts'
import { verifyRequest } from '../pusher/verify-request.ts'

export interface PusherRouterPorts {
  readonly apps: readonly PusherApp[]
  readonly trigger: TriggerEvents
  readonly describe: DescribeChannels
  readonly limits: Pick<RateLimits, 'address' | 'key'>
  readonly logger: Logger
}

interface Asked {
  readonly app: PusherApp
  readonly query: URLSearchParams
  readonly body: Buffer
  readonly request: Request
}

/** It shares the limits of API keys. */
const AS_A_KEY: RouteSpec = {
  method: 'post',
  path: '/apps/:appId',
  summary: '',
  tag: 'server',
  auth: 'key',
  status: 200,
}
const keyOf = ({ id }: PusherApp): KeyIdentity => ({
  keyId: `pusher:${id}`,
  scopes: new Set(),
  ratePerMinute: null,
})

function read<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.output<Schema> {
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch (cause) {
    throw new ParleyError('INVALID', { message: 'The body is not valid JSON.', cause })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidFrom(parsed.error)
  return parsed.data
}

const infoOf = (query: URLSearchParams): string | undefined => query.get('info') ?? undefined

/** What Pusher answers, and beside it where the event stands in the log. */
const toAnswer = ({ roomId, seq }: Triggered, info: ChannelInfo | undefined) => ({
  ...info,
  room_id: roomId,
  seq,
})

type Answering = (asked: Asked) => Promise<object>

function createAnswers({ trigger, describe }: PusherRouterPorts) {
  const events: Answering = async ({ app, body, request }) => {
    const { name, data, channels, channel = '', socket_id: socketId, info } = read(Trigger, body)
    const all = [...new Set(channels ?? [channel])]
    const made = all.map((one, index): PusherEvent => {
      const clientMsgId = clientMsgIdAt(request, undefined, index)
      return { channel: one, name, data, socketId, clientMsgId }
    })
    const triggered = await trigger(app, made)
    const infos = await describe.infoOf(app, all, info)
    return {
      channels: Object.fromEntries(
        triggered.map((one) => [one.channel, toAnswer(one, infos.get(one.channel))]),
      ),
    }
  }

  const batch: Answering = async ({ app, body, request }) => {
    const given = read(TriggerBatch, body).batch
    const made = given.map(({ channel, name, data, socket_id: socketId }, index): PusherEvent => {
      const clientMsgId = clientMsgIdAt(request, undefined, index)
      return { channel, name, data, socketId, clientMsgId }
    })
    const triggered = await trigger(app, made)
    const infos = await Promise.all(
      given.map(({ channel, info }) => describe.infoOf(app, [channel], info)),
    )
    return {
      batch: triggered.map((one, index) => toAnswer(one, infos[index]?.get(one.channel))),
    }
  }

  const channels: Answering = ({ app, query }) =>
    describe.list(app, { prefix: query.get('filter_by_prefix') ?? '', info: infoOf(query) })
  const channel: Answering = ({ app, query, request }) =>
    describe.one(app, String(request.params['channel']), infoOf(query))
  const users: Answering = ({ app, request }) =>
    describe.users(app, String(request.params['channel']))
  return { events, batch, channels, channel, users }
}

/** Pusher answers refusals in plain words, and its libraries show them so. */
const createRefusal =
  (logger: Logger): ErrorRequestHandler =>
  (thrown, request, response: Response, _next) => {
    const error = fromExpress(thrown)
    const { status } = ERRORS[error.code]
    const level = status >= 500 ? 'error' : 'debug'
    const requestId = requestIdOf(response)
    logger[level]({ requestId, code: error.code, path: request.path, err: error }, 'refused')
    if (error.retryAfterMs !== undefined) {
      response.setHeader('Retry-After', Math.ceil(error.retryAfterMs / 1_000))
    }
    response.status(status).type('text/plain').send(`${error.message}\n`)
  }

/** `/apps`: what server packages of Pusher call, each request signed with the secret of an app. */
export function createPusherRouter(ports: PusherRouterPorts): Router {
  const { apps, limits, logger } = ports
  const router = Router()
  const answers = createAnswers(ports)

  const signed =
    (answer: Answering): RequestHandler =>
    async (request, response) => {
      const [path = '', search = ''] = request.originalUrl.split('?', 2)
      const query = new URLSearchParams(search)
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const app = verifyRequest(apps, { method: request.method, path, query, body }, Date.now())
      if (app.id !== request.params['appId']) {
        throw new ParleyError('FORBIDDEN', { message: 'This key is of another app.' })
      }
      await limits.key(AS_A_KEY, request, response, keyOf(app))
      response.json(await answer({ app, query, body, request }))
    }

  router.use(limits.address)
  router.use(limitBodyTime(express.raw({ type: () => true, limit: LIMITS.bodyBytes })))
  router.post('/:appId/events', signed(answers.events))
  router.post('/:appId/batch_events', signed(answers.batch))
  router.get('/:appId/channels', signed(answers.channels))
  router.get('/:appId/channels/:channel', signed(answers.channel))
  router.get('/:appId/channels/:channel/users', signed(answers.users))
  router.use(() => {
    throw new ParleyError('NOT_FOUND', { message: 'There is no such route.' })
  })
  router.use(createRefusal(logger.child({ part: 'pusher' })))
  return router
}
