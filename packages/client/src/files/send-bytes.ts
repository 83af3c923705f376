import { toChatError, unknownOutcome } from '../chat-error.ts'
import { readProblem } from '../rest/problem.ts'

export interface BytesRequest {
  readonly url: string
  readonly body: Blob
  readonly headers: Readonly<Record<string, string>>
  /** From 0 to 1; what is on its way is not there yet. */
  readonly progress: (part: number) => void
  readonly signal: AbortSignal
}

/** Posts bytes and answers the JSON. Throws `ChatError`, or the reason of the signal. */
export type SendBytes = (request: BytesRequest) => Promise<unknown>

/** Longer than the server waits for bytes that do not come. */
const STILL_MS = 75_000

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function answerOf(status: number, body: unknown): unknown {
  if (status < 200 || status >= 300) throw readProblem(status, body)
  if (body === null) throw unknownOutcome()
  return body
}

/** `fetch` does not tell how far it is. */
const createSendBytesByFetch =
  (fetchNow: typeof fetch = fetch): SendBytes =>
  async ({ url, body, headers, signal }) => {
    try {
      const response = await fetchNow(url, {
        method: 'POST',
        cache: 'no-store',
        headers,
        body,
        signal,
      })
      return answerOf(response.status, parse(await response.text()))
    } catch (cause) {
      signal.throwIfAborted()
      throw toChatError(cause)
    }
  }

export const createSendBytesByXhr =
  (Xhr: typeof XMLHttpRequest): SendBytes =>
  ({ url, body, headers, progress, signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const request = new Xhr()
      let timer: ReturnType<typeof setTimeout> | undefined
      const stop = (): void => request.abort()
      const moved = (): void => {
        clearTimeout(timer)
        timer = setTimeout(stop, STILL_MS)
      }
      const done = (settle: () => void) => (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        settle()
      }
      const broken = done(() => reject(signal.aborted ? signal.reason : unknownOutcome()))
      request.upload.addEventListener('progress', ({ loaded, total }) => {
        moved()
        if (total > 0) progress(loaded / total)
      })
      request.addEventListener('error', broken)
      request.addEventListener('abort', broken)
      request.addEventListener(
        'load',
        done(() => {
          try {
            resolve(answerOf(request.status, parse(request.responseText)))
          } catch (error) {
            reject(error)
          }
        }),
      )
      signal.addEventListener('abort', stop, { once: true })
      request.open('POST', url)
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
      moved()
      request.send(body)
    })

/** By `XMLHttpRequest` where there is one, for its progress. */
export const chooseSendBytes = (fetchNow: typeof fetch | undefined): SendBytes =>
  fetchNow === undefined && typeof XMLHttpRequest === 'function'
    ? createSendBytesByXhr(XMLHttpRequest)
    : createSendBytesByFetch(fetchNow)
