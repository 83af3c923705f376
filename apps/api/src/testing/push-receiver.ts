import {
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  randomBytes,
  type ECDH,
} from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DeviceDraft, PushPayload } from '@parley/message-schema'
import jwt from 'jsonwebtoken'

export interface ReceivedPush {
  /** Of the subscription that it came to. */
  readonly name: string
  readonly headers: IncomingHttpHeaders
  readonly payload: PushPayload
  /** What the VAPID token says, verified with the key that came with it. */
  readonly vapid: { readonly aud: string; readonly sub: string; readonly key: string }
}

/** A push service of the test: it opens what it is sent, as a browser would (RFC 8291). */
export interface PushReceiver extends AsyncDisposable {
  readonly host: string
  readonly received: ReceivedPush[]
  readonly subscribe: (name: string) => Extract<DeviceDraft, { kind: 'webpush' }>
  /** Of the next answers; 201 when there are none left. */
  readonly answers: number[]
  readonly to: (name: string) => ReceivedPush[]
}

const hmac = (key: Buffer, ...data: (Buffer | string)[]): Buffer => {
  const hash = createHmac('sha256', key)
  for (const part of data) hash.update(part)
  return hash.digest()
}
const ONE = Buffer.from([1])

function decrypt(body: Buffer, ecdh: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16)
  const idLength = body[20] ?? 0
  const senderKey = body.subarray(21, 21 + idLength)
  const sealed = body.subarray(21 + idLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), senderKey])
  const ikm = hmac(hmac(auth, ecdh.computeSecret(senderKey)), info, ONE)
  const prk = hmac(salt, ikm)
  const key = hmac(prk, 'Content-Encoding: aes128gcm\0', ONE).subarray(0, 16)
  const nonce = hmac(prk, 'Content-Encoding: nonce\0', ONE).subarray(0, 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  return padded.subarray(0, padded.lastIndexOf(2)).toString()
}

function readVapid(authorization: string): ReceivedPush['vapid'] {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/u.exec(authorization) ?? []
  const point = Buffer.from(key, 'base64url')
  const publicKey = createPublicKey({
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
    format: 'jwk',
  })
  const claims = jwt.verify(token, publicKey, { algorithms: ['ES256'] }) as jwt.JwtPayload
  return { aud: String(claims.aud), sub: String(claims.sub), key }
}

export async function startPushReceiver(): Promise<PushReceiver> {
  const subscriptions = new Map<string, { ecdh: ECDH; auth: Buffer }>()
  const received: ReceivedPush[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const status = answers.shift() ?? 201
      const name = request.url?.slice('/push/'.length) ?? ''
      const subscription = subscriptions.get(name)
      if (status === 201 && subscription !== undefined) {
        const text = decrypt(Buffer.concat(chunks), subscription.ecdh, subscription.auth)
        received.push({
          name,
          headers: request.headers,
          payload: JSON.parse(text) as PushPayload,
          vapid: readVapid(request.headers.authorization ?? ''),
        })
      }
      response.writeHead(subscription === undefined ? 404 : status).end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    received,
    answers,
    to: (name) => received.filter((push) => push.name === name),
    subscribe(name) {
      const ecdh = createECDH('prime256v1')
      ecdh.generateKeys()
      const auth = randomBytes(16)
      subscriptions.set(name, { ecdh, auth })
      return {
        kind: 'webpush',
        endpoint: `http://${host}/push/${name}`,
        keys: {
          p256dh: ecdh.getPublicKey().toString('base64url'),
          auth: auth.toString('base64url'),
        },
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
