import type { GuardedFetch } from '../outgoing/guarded-fetch.ts'
import { OutgoingError } from '../outgoing/outgoing-error.ts'
import { describeRefusal } from './describe-refusal.ts'
import { readRetryAfter } from './retry-delay.ts'
import { signWebhook } from './sign-webhook.ts'

export interface PostTarget {
  readonly url: string
  /** The newest first. */
  readonly secrets: readonly Buffer[]
}

export interface PostResult {
  readonly delivered: boolean
  /** Null if there was no answer. */
  readonly statusCode: number | null
  readonly durationMs: number
  /** What went wrong, in a sentence, with the beginning of what the endpoint said. */
  readonly error: string | null
  /** The endpoint asks to be left alone for so long. */
  readonly retryAfterMs: number | undefined
}

/** Never rejects: that an endpoint is not to be reached is a result. */
export type PostWebhook = (
  target: PostTarget,
  message: { readonly id: string; readonly body: string },
) => Promise<PostResult>

const TIMEOUT_MS = 10_000
const ANSWER_BYTES = 1_024
const SHOWN_CHARACTERS = 200

const isDelivered = (status: number): boolean => status >= 200 && status < 300

function describe(status: number, body: Buffer): string {
  const said = body
    .toString('utf8')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS)
  const problem = status >= 300 && status < 400 ? ', and redirects are not followed' : ''
  return `It answered ${status}${problem}${said === '' ? '.' : `: ${said}`}`
}

export function createPostWebhook(fetch: GuardedFetch): PostWebhook {
  return async ({ url, secrets }, { id, body }) => {
    const now = new Date()
    const startedAt = performance.now()
    const duration = (): number => Math.round(performance.now() - startedAt)
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          ...signWebhook({ id, body, at: now }, secrets),
          'user-agent': 'Parley-Webhooks',
        },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: ANSWER_BYTES,
      })
      const delivered = isDelivered(answer.status)
      return {
        delivered,
        statusCode: answer.status,
        durationMs: duration(),
        error: delivered ? null : describe(answer.status, answer.body),
        retryAfterMs: readRetryAfter(answer.status, answer.headers['retry-after'], now),
      }
    } catch (error) {
      const known = error instanceof OutgoingError
      return {
        delivered: false,
        statusCode: null,
        durationMs: duration(),
        error: known ? describeRefusal(error) : 'It could not be called.',
        retryAfterMs: undefined,
      }
    }
  }
}
