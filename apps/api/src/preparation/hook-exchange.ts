import { Webhook } from 'standardwebhooks'

/** What came back is of no use: the message is treated as if nothing had come. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer'
}

export interface HookExchange {
  /** The JSON that was answered. Throws `BadAnswer`, a timeout, or what the network threw. */
  readonly ask: (id: string, question: object, deadline: AbortSignal) => Promise<unknown>
}

/** A text of 20,000 characters and a payload of 16 KiB, however they are escaped. */
const ANSWER_BYTES = 256 * 1024

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES) throw new BadAnswer(`answered more than ${ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const isTimeout = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')

/** Signed as Standard Webhooks are, so that the host knows who asks. Connections are kept alive. */
export function createHookExchange(url: string, secret: string | undefined): HookExchange {
  const signer = secret === undefined ? undefined : new Webhook(secret)

  async function post(id: string, body: string, signal: AbortSignal): Promise<unknown> {
    const at = new Date()
    const response = await fetch(url, {
      method: 'POST',
      body,
      signal,
      // Where it leads is not where the operator said.
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Parley',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        ...(signer !== undefined && { 'webhook-signature': signer.sign(id, at, body) }),
      },
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new BadAnswer(`answered ${response.status}`)
    }
    const text = await readBounded(response)
    try {
      return JSON.parse(text) as unknown
    } catch {
      throw new BadAnswer('answered no JSON')
    }
  }

  return {
    async ask(id, question, deadline) {
      const body = JSON.stringify(question)
      try {
        return await post(id, body, deadline)
      } catch (error) {
        // A connection that the host closed in the moment it was used again says nothing about it.
        if (error instanceof BadAnswer || isTimeout(error) || deadline.aborted) throw error
        return post(id, body, deadline)
      }
    },
  }
}
