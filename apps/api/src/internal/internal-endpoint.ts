import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { timingSafeEqual } from 'node:crypto'
import {
  ERRORS,
  invalid,
  invalidFrom,
  ParleyError,
  toProblemDocument,
} from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import type { z } from 'zod'
import { fromExpress } from '../http/problem.ts'

/** What gateways may ask at one path. */
export interface Answering<Input = unknown> {
  readonly schema: z.ZodType<Input>
  readonly run: (input: Input, request: IncomingMessage) => Promise<unknown>
  /** When the answer is out. */
  readonly answered?: (() => void) | undefined
}

export type InternalAnswers = ReadonlyMap<string, Answering>

export interface EndpointPorts {
  readonly answers: InternalAnswers
  readonly internalToken: string
  readonly logger: Logger
  readonly observe: (route: string, status: number, seconds: number) => void
}

/** A full batch of the largest messages that are accepted, and some. */
const BODY_BYTES = 48 * 1024 * 1024
const NOT_FOUND = 404

/** Only gateways know the token; the balancer lets nobody else come here anyway. */
function createTokenCheck(token: string): (given: string | undefined) => boolean {
  const expected = Buffer.from(`Bearer ${token}`)
  return (given = '') => {
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  }
}

/** Nobody is there any more to be answered. */
class AskerGone extends Error {
  override readonly name = 'AskerGone'
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let isWhole = false
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      if (bytes <= BODY_BYTES) chunks.push(chunk)
      else {
        request.off('data', take).pause()
        reject(new ParleyError('TOO_LARGE'))
      }
    }
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) {
      reject(new ParleyError('TOO_LARGE'))
      return
    }
    request.on('data', take)
    request.once('end', () => {
      isWhole = true
      resolve(Buffer.concat(chunks, bytes))
    })
    request.once('error', (cause) => reject(new AskerGone('went away', { cause })))
    request.once('close', () => {
      if (!isWhole) reject(new AskerGone('went away'))
    })
  })
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const body = await readBytes(request)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw invalid('', 'The body is not valid JSON.', cause)
  }
}

function end(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, { 'content-type': type, 'content-length': body.length })
  response.end(body)
}

/**
 * What gateways ask, once for each message of a quiet cluster: without the layers that are there for browsers and
 * strangers, which cost as much as the rest of a request.
 */
export function createInternalEndpoint(ports: EndpointPorts): RequestListener {
  const { answers, logger, observe } = ports
  const isGateway = createTokenCheck(ports.internalToken)

  function find(request: IncomingMessage): Answering {
    const found = request.method === 'POST' ? answers.get(request.url ?? '') : undefined
    if (found === undefined || !isGateway(request.headers.authorization)) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such route.' })
    }
    return found
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { schema, run, answered } = find(request)
    if (answered !== undefined) response.once('finish', answered)
    const parsed = schema.safeParse(await readBody(request))
    if (!parsed.success) throw invalidFrom(parsed.error)
    const result = JSON.stringify(await run(parsed.data, request))
    end(response, 200, 'application/json; charset=utf-8', result)
  }

  function refuse(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    if (thrown instanceof AskerGone) {
      logger.debug({ path: request.url, err: thrown }, 'nobody to answer')
      return
    }
    const error = fromExpress(thrown)
    const { status } = ERRORS[error.code]
    const level = status >= 500 ? 'error' : 'debug'
    logger[level]({ code: error.code, path: request.url, err: error }, 'refused')
    if (response.headersSent || response.destroyed) return
    // What it goes on sending is nobody's.
    if (!request.complete) response.setHeader('connection', 'close')
    end(response, status, 'application/problem+json', JSON.stringify(toProblemDocument(error, '')))
  }

  return (request, response) => {
    const startedAt = performance.now()
    answer(request, response)
      .catch((error: unknown) => refuse(error, request, response))
      .finally(() => {
        // 499, as in the access log: who asked went away before the answer was made.
        const status = response.headersSent ? response.statusCode : 499
        const isKnown = answers.has(request.url ?? '') && status !== NOT_FOUND
        const route = isKnown ? (request.url ?? '') : 'other'
        observe(route, status, (performance.now() - startedAt) / 1_000)
      })
  }
}
