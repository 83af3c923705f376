import { createHash } from 'node:crypto'
import { LIMITS, messageEditShape } from '@parley/message-schema'
import { Counter, Gauge, Histogram, type Logger, type Registry } from '@parley/server-kit'
import { z } from 'zod'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { BadAnswer, createHookExchange } from './hook-exchange.ts'
import type { HookSettings } from './preparation-env.ts'
import type { MessageCommand, Refusal } from './refusal.ts'
import { createSlots } from './slots.ts'

/** What the host says of a message; `undefined`: it goes as it is. */
export type HookVerdict =
  | { readonly text?: string | undefined; readonly payload?: Record<string, unknown> | undefined }
  | { readonly refusal: Refusal }

/** Never rejects. */
export type BeforeSend = (
  command: MessageCommand,
  /** A changed payload still has to be of its type. */
  fits: (payload: Record<string, unknown>) => boolean,
) => Promise<HookVerdict | undefined>

const Answer = z.discriminatedUnion('action', [
  z.object({ action: z.literal('allow') }),
  z
    .object({
      action: z.literal('modify'),
      text: messageEditShape.text,
      payload: messageEditShape.payload,
    })
    .refine(({ text, payload }) => text !== undefined || payload !== undefined),
  z.object({ action: z.literal('reject'), reason: z.string().optional() }),
])

/** Asked at the same time; the others wait, and their time runs. */
const CONCURRENT = 100
const FAILURES = 5
const PAUSE_MS = 5_000
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** The same for every retry, so that the host may know it again. */
const questionId = ({ roomId, actor, clientMsgId }: MessageCommand): string =>
  `msg_${createHash('sha256').update(`${roomId}/${clientMsgId}/${actor.id}`).digest('hex').slice(0, 32)}`

function toQuestion(command: MessageCommand): object {
  const { kind, roomId, actor, clientMsgId, text, payload } = command
  const isEdit = kind === 'message:edit'
  const rest = isEdit
    ? { seq: command.seq }
    : {
        type: command.type ?? 'text',
        attachments: command.files,
        replyTo: command.replyTo,
        threadId: command.threadId,
        mentions: command.mentions,
        mentionAll: command.mentionAll,
        silent: command.silent,
      }
  return {
    type: 'message.before_send',
    roomId,
    sender: actor,
    isEdit,
    message: { clientMsgId, ...rest, text, payload },
  }
}

/** What the host says is shown to people, so it is plain and short. */
const plain = (reason: string): string =>
  Array.from(reason.toWellFormed().replaceAll(/\p{C}+/gu, ' '))
    .slice(0, LIMITS.reasonCharacters)
    .join('')
    .trim()

/** `SERVER_BUSY` would make gateways try again before anything newer: a dead host would stop rooms. */
const UNAVAILABLE: Refusal = {
  code: 'REJECTED',
  message:
    'Messages cannot be checked at the moment, and none is taken unchecked. Try again later.',
  details: { reason: 'check-unavailable' },
}

export function createBeforeSend(
  settings: HookSettings,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Registry },
): BeforeSend {
  const exchange = createHookExchange(settings.url, settings.secret)
  const breaker = createCircuitBreaker({ failures: FAILURES, pauseMs: PAUSE_MS })
  const slots = createSlots(CONCURRENT)
  const outcomes = new Counter({
    name: 'parley_before_send_total',
    help: 'Messages that the host application was asked about, by what came of it.',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  const seconds = new Histogram({
    name: 'parley_before_send_seconds',
    help: 'Time until the host application answered, or did not.',
    buckets: SECONDS,
    registers: [metrics],
  })
  const paused = new Gauge({
    name: 'parley_before_send_paused',
    help: '1 while the host application is not asked, because it did not answer.',
    registers: [metrics],
  })

  function withoutAnswer(outcome: string): HookVerdict | undefined {
    outcomes.inc({ outcome })
    return settings.failsOpen ? undefined : { refusal: UNAVAILABLE }
  }

  function read(
    answer: unknown,
    fits: (payload: Record<string, unknown>) => boolean,
  ): HookVerdict | undefined {
    const parsed = Answer.safeParse(answer)
    if (!parsed.success) throw new BadAnswer('answered something else')
    const { data } = parsed
    if (data.action === 'modify' && data.payload !== undefined && !fits(data.payload)) {
      throw new BadAnswer('changed the payload to one that is not of its type')
    }
    outcomes.inc({ outcome: data.action })
    if (data.action === 'allow') return undefined
    if (data.action === 'modify') return { text: data.text, payload: data.payload }
    const message = plain(data.reason ?? '') || 'This message was not accepted.'
    return { refusal: { code: 'REJECTED', message, details: { reason: 'host' } } }
  }

  async function ask(command: MessageCommand, deadline: AbortSignal): Promise<unknown> {
    const release = await slots.take(deadline)
    const startedAt = performance.now()
    try {
      const answer = await exchange.ask(questionId(command), toQuestion(command), deadline)
      breaker.worked()
      return answer
    } catch (error) {
      // Only who does not answer slows the others down; who answers nonsense is there.
      if (error instanceof BadAnswer) breaker.worked()
      else breaker.failed()
      throw error
    } finally {
      paused.set(breaker.isOpen() ? 1 : 0)
      seconds.observe((performance.now() - startedAt) / 1_000)
      release()
    }
  }

  return async (command, fits) => {
    if (!breaker.mayTry()) return withoutAnswer('skipped')
    try {
      return read(await ask(command, AbortSignal.timeout(settings.timeoutMs)), fits)
    } catch (error) {
      logger.warn({ err: error, roomId: command.roomId }, 'no answer about a message')
      return withoutAnswer(error instanceof BadAnswer ? 'bad-answer' : 'no-answer')
    }
  }
}
