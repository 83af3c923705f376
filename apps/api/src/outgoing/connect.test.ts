import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { connectTo } from './connect.ts'
import { createGuardedFetch } from './guarded-fetch.ts'

// Made for this test, trusted by nobody.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqSZ5VwD2cxb193mP
jfouepepXgK1HQzsmJqwZt5BW5mhRANCAATEGFNo05l4vnFQuC5MMhadyZbhr9W2
gFsr9r0/u3sH9HDmEvh0urtTRMuj9bcWvbLVdkC8gBHhgfuaVF+txl3D
-----END PRIVATE KEY-----`
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIULb82z96SIqfwQPjjWTHkcy66j88wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjEwNzAxNThaGA8yMTI2
MTAyODA3MDE1OFowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABMQYU2jTmXi+cVC4LkwyFp3JluGv1baAWyv2vT+7ewf0
cOYS+HS6u1NEy6P1txa9stV2QLyAEeGB+5pUX63GXcOjUzBRMB0GA1UdDgQWBBRp
GsWe/4Pm5LSa9PGcaD7I+SO8TTAfBgNVHSMEGDAWgBRpGsWe/4Pm5LSa9PGcaD7I
+SO8TTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC2fVU2m/Ss
YfjCVnhZRps4X/Rr+eGatQsj/BtOqUCZ+wIhAOAvrNXw1bQpsxAET3p2EyYyx8Sw
iMoRCz4XEAfJWwE7
-----END CERTIFICATE-----`

test('TLS asks for the name, and does not speak to whoever cannot prove it', async () => {
  const asked: (string | false | null)[] = []
  let requests = 0
  const server = createServer({
    key: KEY,
    cert: CERTIFICATE,
    SNICallback(servername, done) {
      asked.push(servername)
      done(null)
    },
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      requests += 1
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const fetch = createGuardedFetch({
    allowedHosts: [],
    resolve: () => Promise.resolve(['93.184.216.34']),
    connect: (target) => connectTo({ ...target, address: '127.0.0.1', port }),
  })
  const call = fetch('https://example.com/', { timeoutMs: 5_000, maxBytes: 1_000 })
  await expect(call).rejects.toMatchObject({ reason: 'unreachable' })
  expect(asked).toEqual(['example.com'])
  expect(requests).toBe(0)
  server.close()
})
