import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

const ATTEMPTS = 3
const LONGEST_PAUSE_S = 2

/** What Parley refused, or that it did not answer. */
export class ParleyRefused extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

/**
 * The routes that this desk needs of docs/server-api.md, called with its key. `agent` is who owns the
 * rooms.
 * @param {{ parleyUrl: string, apiKey: string, agent: { id: string, displayName: string } }} settings
 */
export function createParleyServer({ parleyUrl, apiKey, agent }) {
  /** @param {string} method @param {string} path @param {object} body @param {Record<string, string>} [headers] */
  async function attempt(method, path, body, headers = {}) {
    const response = await fetch(new URL(path, parleyUrl), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    return { response, answer: await response.json() }
  }

  /**
   * Tries again where that may help. All that is called here may be repeated: it is a PUT, or has a key
   * that makes a second one the first one, or leaves something behind that ends by itself.
   * @param {Parameters<typeof attempt>} request
   */
  async function call(...request) {
    for (let left = ATTEMPTS - 1; ; left -= 1) {
      const got = await attempt(...request).catch(() => null)
      if (got?.response.ok === true) return got.answer
      const isOver = got !== null && got.response.status < 500 && got.response.status !== 429
      if (left === 0 || isOver) {
        throw new ParleyRefused(
          got?.answer.code ?? 'UNKNOWN_OUTCOME',
          got?.answer.detail ?? 'Parley cannot be reached.',
        )
      }
      const seconds = Number(got?.response.headers.get('retry-after') ?? 1)
      await pause(1_000 * Math.min(seconds, LONGEST_PAUSE_S))
    }
  }

  const asAgent = { 'parley-act-as': encodeURIComponent(agent.id) }

  return {
    /** The agent is there before the first conversation; saying it again changes nothing. */
    putAgent: () =>
      call('PUT', `/v1/users/${encodeURIComponent(agent.id)}`, { displayName: agent.displayName }),

    /**
     * A room of the agent that nobody else sees, and a code that lets one person in, once, as a guest of
     * it, who may talk there and bring nobody along.
     * @param {{ name: string, topic: string }} conversation
     * @returns {Promise<{ code: string }>}
     */
    async openConversation({ name, topic }) {
      const body = { name, topic, visibility: 'private' }
      const once = { ...asAgent, 'idempotency-key': randomUUID() }
      const { room } = await call('POST', '/v1/rooms', body, once)
      const invite = { role: 'guest', maxUses: 1, expiresInS: 300 }
      const { code } = await call('POST', `/v1/rooms/${room.id}/invites`, invite, asAgent)
      return { code }
    },
  }
}
