import { request } from 'node:http'
import type { Attachment } from '@parley/message-schema'
import type { Actor, Answer, TestApi } from './test-api.ts'

export interface UploadOptions {
  readonly name?: string
  readonly type?: string
  readonly query?: string
}

/** The bytes themselves as the body. */
export async function uploadBytes(
  api: TestApi,
  actor: Actor,
  bytes: Buffer | string,
  { name = 'a.bin', type = 'application/octet-stream', query = '' }: UploadOptions = {},
): Promise<Answer> {
  const address = `${api.url}/v1/uploads?name=${encodeURIComponent(name)}${query}`
  const response = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${actor.session.accessToken}`, 'content-type': type },
    body: bytes,
  })
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(await response.text()),
  }
}

/** Uploads and must succeed. */
export async function upload(
  api: TestApi,
  actor: Actor,
  bytes: Buffer | string,
  options?: UploadOptions,
): Promise<Attachment> {
  const answer = await uploadBytes(api, actor, bytes, options)
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body.file as Attachment
}

/** A body that is written byte for byte as it stands here, with whatever headers. */
export function rawUpload(
  api: TestApi,
  actor: Actor,
  headers: Record<string, string>,
  write: (send: (chunk: Buffer | string) => void, end: () => void, abort: () => void) => void,
): Promise<{ readonly status: number; readonly body: { code?: string; file?: Attachment } }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${api.url}/v1/uploads`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${actor.session.accessToken}`, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          outgoing.destroy()
          const body = JSON.parse(Buffer.concat(chunks).toString()) as { code?: string }
          resolve({ status: response.statusCode ?? 0, body })
        })
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    write(
      (chunk) => outgoing.write(chunk),
      () => outgoing.end(),
      () => outgoing.destroy(new Error('aborted by the test')),
    )
  })
}
