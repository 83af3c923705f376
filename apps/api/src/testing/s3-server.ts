import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** As much of S3 as the storage of files speaks, in this process. */
export class S3Server implements AsyncDisposable {
  readonly bucket: string
  readonly objects = new Map<string, Buffer>()
  readonly uploads = new Map<string, { key: string; parts: Map<number, Buffer> }>()
  /** `METHOD path?query` of every request. */
  readonly requests: string[] = []
  /** The status that a request is refused with. */
  failOn: ((method: string, url: URL) => number | undefined) | undefined
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy())
  })

  constructor(bucket: string) {
    this.bucket = bucket
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request
    const url = new URL(request.url ?? '/', 'http://s3')
    this.requests.push(`${method} ${request.url}`)
    const refusal = request.headers.authorization === undefined ? 403 : this.failOn?.(method, url)
    if (refusal !== undefined) {
      await buffer(request)
      return sendError(response, refusal, 'AccessDenied')
    }
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/')
    if (bucket !== this.bucket) return sendError(response, 404, 'NoSuchBucket')
    const key = rest.join('/')
    const { searchParams } = url
    if (method === 'GET' && searchParams.has('uploads')) return this.#list(response, searchParams)
    if (method === 'POST' && searchParams.has('uploads')) return this.#begin(response, key)
    const uploadId = searchParams.get('uploadId')
    if (uploadId !== null) {
      return this.#continue(request, response, uploadId, Number(searchParams.get('partNumber')))
    }
    return this.#object(request, response, key)
  }

  async #object(request: IncomingMessage, response: ServerResponse, key: string): Promise<void> {
    if (request.method === 'PUT') {
      this.objects.set(key, await buffer(request))
      response.writeHead(200, { etag: '"whole"' }).end()
      return
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key)
      response.writeHead(204).end()
      return
    }
    const body = this.objects.get(key)
    if (body === undefined) return sendError(response, 404, 'NoSuchKey')
    sendObject(request, response, body)
  }

  #begin(response: ServerResponse, key: string): void {
    const id = randomUUID()
    this.uploads.set(id, { key, parts: new Map() })
    sendXml(
      response,
      200,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    )
  }

  async #continue(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    partNumber: number,
  ): Promise<void> {
    const body = await buffer(request)
    const upload = this.uploads.get(id)
    if (upload === undefined) return sendError(response, 404, 'NoSuchUpload')
    if (request.method === 'PUT') {
      upload.parts.set(partNumber, body)
      response.writeHead(200, { etag: `"part-${partNumber}"` }).end()
      return
    }
    this.uploads.delete(id)
    if (request.method === 'DELETE') {
      response.writeHead(204).end()
      return
    }
    const parts = [...upload.parts].toSorted(([one], [other]) => one - other)
    this.objects.set(upload.key, Buffer.concat(parts.map(([, part]) => part)))
    sendXml(response, 200, '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }

  #list(response: ServerResponse, query: URLSearchParams): void {
    const prefix = query.get('prefix') ?? ''
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(prefix))
    const items = found.map(
      ([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`,
    )
    const result = 'ListMultipartUploadsResult'
    sendXml(response, 200, `<${result}>${items.join('')}</${result}>`)
  }
}

function sendXml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${body}`)
}

function sendError(response: ServerResponse, status: number, code: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

function sendObject(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const match = /^bytes=(\d+)-(\d+)$/u.exec(request.headers.range ?? '')
  const [from, to] = match === null ? [0, body.length - 1] : [Number(match[1]), Number(match[2])]
  const part = body.subarray(from, to + 1)
  response.writeHead(match === null ? 200 : 206, {
    'content-length': part.length,
    ...(match !== null && { 'content-range': `bytes ${from}-${to}/${body.length}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : part)
}
