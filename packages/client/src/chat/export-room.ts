import type { Chat, GetToken } from '../chat.ts'
import { ChatError, toChatError, unknownOutcome } from '../chat-error.ts'
import { fillRoute } from '../rest/fill-route.ts'
import { readProblem } from '../rest/problem.ts'
import { withToken } from '../rest/with-token.ts'
import type { ExportLine } from './room-export.ts'

export interface ExportRoomPorts {
  /** Without a path; empty for the origin of the page. */
  readonly url: string
  readonly getToken: GetToken
  readonly fetch?: typeof fetch | undefined
  /** A server that is silent for so long is given up. */
  readonly silentMs?: number
}

const NDJSON = 'application/x-ndjson'
const SILENT_MS = 30_000
/** More than the line `end` has. */
const END_CHARACTERS = 200

const cutOff = (): ChatError =>
  new ChatError({
    code: 'UNKNOWN_OUTCOME',
    message: 'The export was cut off. Try again.',
    retryable: true,
  })

function parseLine(text: string): ExportLine {
  try {
    return JSON.parse(text) as ExportLine
  } catch {
    throw cutOff()
  }
}

async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ExportLine> {
  const decoder = new TextDecoder()
  let rest = ''
  let isWhole = false
  for await (const part of bytes) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) {
      const line = parseLine(text)
      isWhole = line.kind === 'end'
      yield line
    }
  }
  if (!isWhole) throw cutOff()
}

async function toBlob(bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of bytes) parts.push(part)
  const blob = new Blob(parts, { type: NDJSON })
  const [last = ''] = (await blob.slice(-END_CHARACTERS).text()).trimEnd().split('\n').slice(-1)
  if (parseLine(last).kind !== 'end') throw cutOff()
  return blob
}

/** Aborted by the signal of the caller, or when nothing comes for too long. */
function createEnding(signal: AbortSignal | undefined, silentMs: number) {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  signal?.addEventListener('abort', end, { once: true })
  return {
    signal: ending.signal,
    end: (): void => signal?.removeEventListener('abort', end),
    /** What takes longer than a server may be silent fails; so does what was aborted. */
    async soon<Answer>(waiting: () => Promise<Answer>): Promise<Answer> {
      signal?.throwIfAborted()
      const timer = setTimeout(end, silentMs)
      try {
        return await waiting()
      } catch (cause) {
        signal?.throwIfAborted()
        throw toChatError(cause)
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

/** The one answer that is read as it comes, and may be larger than memory. */
export function createExportRoom(ports: ExportRoomPorts): Chat['exportRoom'] {
  const { url, getToken, fetch: fetchNow = fetch, silentMs = SILENT_MS } = ports
  const root = url.replace(/\/+$/u, '')

  return async (roomId, { versions = false, signal } = {}) => {
    const { path } = fillRoute('GET /v1/rooms/:id/export', {
      params: { id: roomId },
      query: versions ? { versions: '1' } : {},
    })
    const ending = createEnding(signal, silentMs)

    async function ask(token: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
      const response = await fetchNow(`${root}${path}`, {
        cache: 'no-store',
        headers: {
          accept: `${NDJSON}, application/problem+json`,
          authorization: `Bearer ${token}`,
        },
        signal: ending.signal,
      })
      if (!response.ok) {
        throw readProblem(response.status, await response.json().catch(() => null), true)
      }
      const isExport = response.headers.get('content-type')?.startsWith(NDJSON) === true
      if (isExport && response.body !== null) return response.body
      // A page instead of an answer is that of a network which wants a sign-in of its own first.
      throw unknownOutcome()
    }

    const body = await withToken(getToken, (token) => ending.soon(() => ask(token)))

    async function* bytes(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      const reader = body.getReader()
      try {
        for (;;) {
          const { done, value } = await ending.soon(() => reader.read())
          if (done) return
          yield value
        }
      } finally {
        ending.end()
        // Who has had enough need not be sent the rest.
        reader.cancel().catch(() => undefined)
      }
    }
    return { lines: () => splitLines(bytes()), blob: () => toBlob(bytes()) }
  }
}
