import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { startCluster, type Cluster, type ClusterOptions } from '@parley/local-cluster'
import type { CommandData, Reply } from '@parley/message-schema'
import type { ManagerOptions } from 'socket.io-client'
import { ResumingClient } from './resuming-client.ts'
import {
  connectSocket,
  register,
  rest,
  send,
  type ConnectOptions,
  type SendOptions,
  type TestSocket,
  type TestUser,
} from './test-client.ts'

export interface TestCluster extends Cluster {
  readonly register: (name?: string) => Promise<TestUser>
  /** To the balancer, or to the gateway that is named. Closed with the cluster. */
  readonly connect: (
    user: Pick<TestUser, 'token'>,
    options?: ConnectOptions & { readonly gateway?: string },
  ) => Promise<TestSocket>
  readonly send: (
    socket: TestSocket,
    roomId: string,
    text: string,
    options?: SendOptions,
  ) => Promise<Reply<CommandData<'message:send'>>>
  /** A public room of the first, which the others have joined. */
  readonly createRoom: (
    members: readonly TestUser[],
    options?: { readonly name?: string; readonly visibility?: string; readonly history?: string },
  ) => Promise<string>
  readonly join: (user: TestUser, roomId: string) => Promise<void>
  readonly leave: (actor: TestUser, roomId: string, userId?: string) => Promise<void>
  /** A client that resumes and retries, through the balancer if no gateway is named. */
  readonly resumingClient: (
    user: TestUser,
    rooms: readonly string[],
    options?: Partial<ManagerOptions> & { readonly gateway?: string },
  ) => ResumingClient
  /** A REST call through the balancer, as `user` if one is named. */
  readonly rest: (
    method: string,
    path: string,
    options?: { readonly user?: Pick<TestUser, 'token'>; readonly body?: unknown },
  ) => Promise<unknown>
}

// Nobody waits in a test for clients that move or for a balancer of somebody else to notice.
const QUICK_TO_STOP = {
  api: { STOP_NOTICE_MS: '0' },
  gateway: { DRAIN_NOTICE_MS: '0', DRAIN_WINDOW_MS: '100' },
}

// One person of a test makes many rooms in a minute.
const ANY_ROOMS = { ROOM_RATE_PER_MINUTE: '100000', MEMBER_RATE_PER_MINUTE: '100000' }

/** A cluster of its own in a temporary folder, in which what was killed stays dead. */
export async function startTestCluster(
  options: Partial<ClusterOptions> = {},
): Promise<TestCluster> {
  const dir = mkdtempSync(joinPath(tmpdir(), 'parley-cluster-'))
  const cluster = await startCluster({
    dir,
    restart: false,
    // An app that does not like its settings says so when it starts.
    checkFirst: false,
    ...options,
    env: {
      api: { ...QUICK_TO_STOP.api, ...ANY_ROOMS, ...options.env?.api },
      gateway: { ...QUICK_TO_STOP.gateway, ...options.env?.gateway },
      worker: { ...options.env?.worker },
    },
  })
  const sockets = new Set<{ readonly disconnect: () => unknown }>()
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.disconnect()
    await cluster.stop()
    // A failed test leaves its logs where it ran when it was told to.
    if (process.env['KEEP_TEST_CLUSTERS'] === undefined)
      rmSync(dir, { recursive: true, force: true })
  }
  const join = async (user: TestUser, roomId: string): Promise<void> => {
    const path = `/v1/rooms/${roomId}/members/${user.userId}`
    await rest(cluster.url, 'PUT', path, { token: user.token, body: {} })
  }
  return {
    ...cluster,
    createRoom: async ([owner, ...others], room) => {
      const body = { name: 'a room', visibility: 'public', ...room }
      const created = (await rest(cluster.url, 'POST', '/v1/rooms', {
        token: owner?.token ?? '',
        body,
      })) as { room: { id: string } }
      for (const user of others) await join(user, created.room.id)
      return created.room.id
    },
    join,
    leave: async (actor, roomId, userId = actor.userId) => {
      const path = `/v1/rooms/${roomId}/members/${userId}`
      await rest(cluster.url, 'DELETE', path, { token: actor.token })
    },
    resumingClient: (user, rooms, { gateway, ...clientOptions } = {}) => {
      const url = gateway === undefined ? cluster.url : gatewayUrl(cluster, gateway)
      const client = new ResumingClient(url, user, rooms, clientOptions)
      sockets.add(client.socket)
      return client
    },
    register: (name) => register(cluster.url, name),
    connect: async (user, { gateway, ...connectOptions } = {}) => {
      const url = gateway === undefined ? cluster.url : gatewayUrl(cluster, gateway)
      const { socket } = await connectSocket(url, user, connectOptions)
      sockets.add(socket)
      return socket
    },
    send,
    rest: (method, path, { user, body } = {}) => {
      const token = user === undefined ? {} : { token: user.token }
      return rest(cluster.url, method, path, { ...token, body })
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function gatewayUrl(cluster: Cluster, name: string): string {
  const gateway = cluster.info().gateways.find((one) => one.name === name)
  if (gateway === undefined) throw new Error(`The cluster has no gateway ${name}.`)
  return gateway.url
}
