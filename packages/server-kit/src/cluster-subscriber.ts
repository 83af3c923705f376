import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, Redis, type Cluster, type RedisOptions } from 'ioredis'
import type { RedisNode } from './redis-url.ts'

const DISCONNECT_MS = 2_000

const sameNode = (one: RedisNode, other: RedisNode): boolean =>
  one.host === other.host && one.port === other.port

/**
 * What is published at one node of a Cluster is heard at every other, so one plain connection to any of them
 * hears everything, wherever slots are and go. If its node dies or leaves, the next attempt takes another:
 * `close`, `ready` and subscribing again are those of a single Redis, and mean the same.
 */
export function subscribeToCluster(
  topology: Cluster,
  { nodes: first, tls }: { readonly nodes: readonly RedisNode[]; readonly tls: boolean },
  options: Omit<RedisOptions, 'replyMapping'>,
): Redis {
  let current: RedisNode | undefined
  let attempts = 0

  function nextNode(): RedisNode {
    const known = topology.nodes('all').flatMap(({ options: { host, port } }) => {
      return host === undefined || port === undefined ? [] : [{ host, port }]
    })
    const all = known.length > 0 ? known : first
    // Not the one that has just failed, where there is another; by chance, so that gateways share the nodes.
    const others = all.filter((node) => current === undefined || !sameNode(node, current))
    const among = others.length > 0 ? others : all
    if (attempts === 0) attempts = Math.floor(Math.random() * among.length)
    attempts += 1
    const node = among[attempts % among.length]
    if (node === undefined) throw new Error('No node of the Redis Cluster is known.')
    return node
  }

  class AnyNode extends AbstractConnector {
    constructor() {
      super(DISCONNECT_MS)
    }

    connect(): Promise<AbstractConnector['stream']> {
      this.connecting = true
      current = nextNode()
      const stream = tls ? connectTls(current) : connectTcp(current)
      stream.once('error', (error) => (this.firstError = error))
      this.stream = stream
      return Promise.resolve(stream)
    }
  }

  const redis = new Redis({ ...options, Connector: AnyNode })
  // One that left the Cluster hears nothing more, and would not say so.
  topology.on('-node', ({ options: { host, port } }: Redis) => {
    const gone = { host: host ?? '', port: port ?? 0 }
    if (current !== undefined && sameNode(current, gone)) redis.disconnect(true)
  })
  redis.once('end', () => topology.disconnect())
  return redis
}
