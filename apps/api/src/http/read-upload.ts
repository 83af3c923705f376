import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { ParleyError } from '@parley/message-schema'
import busboy, { type Busboy, type FileInfo } from 'busboy'
import type { IncomingFile } from '../files/upload-file.ts'

/** Of a form, beside the file itself. */
const FORM_BYTES = 64 * 1024
const FIELD = 'file'

const invalid = (message: string, cause?: unknown): ParleyError =>
  new ParleyError('INVALID', { message, cause })

/** The client has gone away: nobody reads this, but it must not be kept as an answer for a retry. */
const brokenOff = (): ParleyError =>
  new ParleyError('UNKNOWN_OUTCOME', { message: 'The upload broke off.' })

function announcedBytes(request: IncomingMessage): number | undefined {
  const length = Number(request.headers['content-length'])
  return Number.isSafeInteger(length) ? length : undefined
}

/** The body itself is the file. */
async function* bytesOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    // Not destroyed with the loop: that would take the connection away from the answer.
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
  } catch {
    throw brokenOff()
  }
}

/** What came of the form, and how it ended. */
interface Form {
  readonly file: Promise<{ readonly stream: Readable; readonly info: FileInfo }>
  /** Resolves when the form is whole, and was as it must be. */
  readonly end: Promise<void>
  readonly stop: () => void
}

function openForm(request: IncomingMessage): Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { files: 1, fields: 0, parts: 2, fieldNameSize: 100, headerPairs: 20 },
    })
  } catch (cause) {
    throw invalid('The form has no boundary.', cause)
  }
}

function parseForm(request: IncomingMessage): Form {
  const parser = openForm(request)
  let problem: ParleyError | undefined
  const file: Form['file'] = new Promise((resolve, reject) => {
    parser.once('file', (name, stream, info) => {
      // Whoever reads the stream hears of its error; nobody else needs to.
      stream.on('error', () => {})
      if (name === FIELD) resolve({ stream, info })
      else {
        problem ??= invalid(`A form has one field, \`${FIELD}\`, with the file.`)
        stream.resume()
      }
    })
    parser.once('close', () => reject(problem ?? invalid(`The form has no field \`${FIELD}\`.`)))
    parser.once('error', (cause) => reject(problem ?? invalid('The form is broken.', cause)))
  })
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
    parser.once(limit, () => {
      problem ??= invalid(`A form has one field, \`${FIELD}\`, with one file.`)
    })
  }
  const end = once(parser, 'close').then(
    () => {
      if (problem !== undefined) throw problem
    },
    (cause: unknown) => {
      throw cause instanceof ParleyError ? cause : invalid('The form is broken.', cause)
    },
  )
  // Both are asked for later, or not at all.
  file.catch(() => {})
  end.catch(() => {})
  request.once('close', () => {
    if (!request.complete) parser.destroy(brokenOff())
  })
  request.pipe(parser)
  return {
    file,
    end,
    stop() {
      request.unpipe(parser)
      parser.destroy()
    },
  }
}

async function* bytesOfForm(stream: Readable, form: Form): AsyncGenerator<Buffer> {
  try {
    try {
      yield* stream as AsyncIterable<Buffer>
    } catch (cause) {
      await form.end
      throw invalid('The form is broken.', cause)
    }
    // A form that goes wrong after its file was no such form: the file is not kept.
    await form.end
  } finally {
    form.stop()
  }
}

/** A form with one field `file`, or the bytes themselves. Nothing is read ahead. */
export async function readUpload(
  request: IncomingMessage,
  name: string | undefined,
): Promise<IncomingFile> {
  const type = request.headers['content-type'] ?? ''
  const length = announcedBytes(request)
  if (!/^multipart\/form-data\b/iu.test(type)) {
    return {
      name,
      claimedMime: type,
      announcedBytes: length,
      source: bytesOf(request),
    }
  }
  const form = parseForm(request)
  const { stream, info } = await form.file
  return {
    name: info.filename,
    claimedMime: info.mimeType,
    announcedBytes: length === undefined ? undefined : Math.max(0, length - FORM_BYTES),
    source: bytesOfForm(stream, form),
  }
}
