import { createChat, waitFor } from '@parley/client'
import { startCluster, type Cluster } from '@parley/local-cluster'
import type { Person } from '../../generator/readers/reader.ts'
import { NODES, type Peer, type Sender, type StartPeer } from '../peer.ts'
import { createHost } from './host-token.ts'
import { stagePeople } from './stage-people.ts'

/** One person broadcasts faster than anybody types, and one backend makes all people and rooms. */
const SENDS = { SENDS_PER_SECOND: '100000', SEND_BURST: '100000' }
const CALLS = {
  REQUEST_RATE_PER_MINUTE: '1000000',
  WRITE_RATE_PER_MINUTE: '1000000',
  ROOM_RATE_PER_MINUTE: '1000000',
  MEMBER_RATE_PER_MINUTE: '1000000',
  KEY_RATE_PER_MINUTE: '1000000',
}

/** The whole of it: balancer, gateways, APIs, worker, Redis and MariaDB, with its own settings but for limits of rate. */
export const startParley: StartPeer = async ({ dir, env, onProgress, signal }) => {
  const host = createHost()
  let notices = 0
  let kills = 0
  const cluster = await startCluster({
    dir,
    gateways: NODES,
    apis: 2,
    restart: true,
    signal,
    env: {
      api: { ...host.env, ...SENDS, ...CALLS },
      gateway: { ...host.env, ...SENDS, ...env },
      worker: {},
    },
    onProgress,
    onNotice: () => (notices += 1),
  })
  return toPeer(cluster, {
    stage: (plan) => stagePeople(plan, { url: cluster.url, dir, host }),
    killed: () => (kills += 1),
    crashes: () => notices - kills,
  })
}

interface More extends Pick<Peer, 'stage' | 'crashes'> {
  readonly killed: () => void
}

function toPeer(cluster: Cluster, { killed, ...more }: More): Peer {
  const names = (kind: 'gateways' | 'apis' | 'workers'): string[] =>
    cluster.info()[kind].map(({ name }) => name)
  return {
    ...more,
    name: 'parley',
    url: cluster.url,
    nodes: names('gateways'),
    deployed: [...names('apis'), ...names('workers'), ...names('gateways')],
    nodePids: () => cluster.info().gateways.flatMap(({ pid }) => pid ?? []),
    readerKind: 'parley',
    leanReaderKind: 'parley-bare',
    openSender: (person, room) => openSender(cluster.url, person, room),
    async kill(name) {
      killed()
      await cluster.kill(name)
      // Not wanted any more, it is not started again by anybody but us.
      await cluster.stopProcess(name)
    },
    stopProcess: (name) => cluster.stopProcess(name),
    async start(name) {
      await cluster.start(name)
      await cluster.waitBalanced()
    },
    stop: () => cluster.stop(),
    killNow: () => cluster.killNow(),
  }
}

/** The SDK's own way: it repeats what was not answered, until it is. */
async function openSender(url: string, person: Person, room: string): Promise<Sender> {
  const chat = createChat({ url, token: person.token, userId: person.userId, tabs: 'own' })
  await waitFor(chat.rooms.list, ({ status }) => status === 'ready')
  const { messages } = chat.rooms.get(room)
  return {
    async send(text) {
      try {
        await messages.send({ text }).stored
        return true
      } catch {
        return false
      }
    },
    close: () => chat.close(0),
  }
}
