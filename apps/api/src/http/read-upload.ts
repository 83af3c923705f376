import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { invalid, ParleyError } from '@parley/message-schema'
import busboy, { type Busboy, type FileInfo } from 'busboy'
import type { IncomingFile } from '../files/upload-file.ts'

/** Of a form, beside the file itself: what is counted comes in chunks of up to 64 KiB. */
const FORM_BYTES = 256 * 1024
/** Fields of text say nothing to us, but some clients send them along. */
const TEXT_FIELDS = 10
const TEXT_BYTES = 8 * 1024

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
      limits: {
        files: 1,
        fields: TEXT_FIELDS,
        fieldSize: TEXT_BYTES + 1,
        parts: 20,
        headerPairs: 20,
      },
    })
  } catch (cause) {
    throw invalid('Content-Type', 'has no boundary', cause)
  }
}

/** What no file is may not go on and on: it is not stored, and counts for nobody. */
function boundTheRest(request: IncomingMessage, parser: Busboy): void {
  let isInFile = false
  let bytes = 0
  parser.once('file', (_name, stream) => {
    isInFile = true
    stream.once('close', () => {
      isInFile = false
    })
  })
  request.on('data', (chunk: Buffer) => {
    if (!isInFile) bytes += chunk.length
    if (bytes > FORM_BYTES) parser.destroy(invalid('', 'The form has too much beside its file.'))
  })
}

/** What makes a form none that is taken, as soon as it is seen. */
function watchLimits(parser: Busboy): () => ParleyError | undefined {
  let problem: ParleyError | undefined
  const refuse = (message: string) => (): void => {
    problem ??= invalid('', message)
  }
  parser.once('filesLimit', refuse('A form has one file; send others by themselves.'))
  parser.once('fieldsLimit', refuse(`A form has at most ${TEXT_FIELDS} fields beside its file.`))
  parser.once('partsLimit', refuse('The form has too many parts.'))
  parser.on('field', (_name, _value, { valueTruncated }) => {
    if (valueTruncated) refuse(`A field beside the file has at most ${TEXT_BYTES} bytes.`)()
  })
  return () => problem
}

function parseForm(request: IncomingMessage): Form {
  const parser = openForm(request)
  const problemOf = watchLimits(parser)
  const broken = (cause: unknown): ParleyError =>
    problemOf() ??
    (cause instanceof ParleyError ? cause : invalid('', 'The form is broken.', cause))
  const file: Form['file'] = new Promise((resolve, reject) => {
    parser.once('file', (_name, stream, info) => {
      // Whoever reads the stream hears of its error; nobody else needs to.
      stream.on('error', () => {})
      const problem = problemOf()
      if (problem === undefined) resolve({ stream, info })
      else {
        stream.resume()
        reject(problem)
      }
    })
    parser.once('close', () => reject(problemOf() ?? invalid('', 'The form has no file.')))
    parser.once('error', (cause) => reject(broken(cause)))
  })
  const end = once(parser, 'close').then(
    () => {
      const problem = problemOf()
      if (problem !== undefined) throw problem
    },
    (cause: unknown) => {
      throw broken(cause)
    },
  )
  // Both are asked for later, or not at all.
  file.catch(() => {})
  end.catch(() => {})
  request.once('close', () => {
    if (!request.complete) parser.destroy(brokenOff())
  })
  boundTheRest(request, parser)
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
      throw invalid('', 'The form is broken.', cause)
    }
    // A form that goes wrong after its file was no such form: the file is not kept.
    await form.end
  } finally {
    form.stop()
  }
}

/** The one file of a form, whatever its field is called, or the bytes themselves. Nothing is read ahead. */
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
