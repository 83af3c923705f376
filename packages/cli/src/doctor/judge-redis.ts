import { error, ok, skipped, warn, type Finding } from './finding.ts'

export interface RedisFacts {
  /** What `INFO` says. */
  readonly info: ReadonlyMap<string, string>
  /** `normal 0 0 0 slave … pubsub 33554432 8388608 60`; undefined where it cannot be read. */
  readonly pubsubBuffer: string | undefined
  readonly policy: string | undefined
}

const HARD_BYTES = 64 * 1024 ** 2
const SOFT_BYTES = 16 * 1024 ** 2
const FULL = 0.9

export function judgeRedis(facts: RedisFacts): Finding[] {
  return [...version(facts), buffer(facts), eviction(facts), memory(facts), persistence(facts)]
}

function version({ info }: RedisFacts): Finding[] {
  const said = info.get('redis_version') ?? ''
  const isOld = Number.parseInt(said, 10) < 6
  return isOld ? [error('redis-answers', `Redis ${said} is too old; run 6.0 or newer.`)] : []
}

function buffer({ pubsubBuffer }: RedisFacts): Finding {
  const limits = /pubsub (\d+) (\d+)/u.exec(pubsubBuffer ?? '')
  if (limits === null) {
    return skipped(
      'redis-buffer',
      'client-output-buffer-limit cannot be read here; see that pubsub has 256mb 64mb 60.',
    )
  }
  const [hard = 0, soft = 0] = limits.slice(1).map(Number)
  // 0 is no limit.
  const isSmall = (hard > 0 && hard < HARD_BYTES) || (soft > 0 && soft < SOFT_BYTES)
  return isSmall
    ? warn(
        'redis-buffer',
        'A burst of news cuts gateways off, which then read the log anew; set client-output-buffer-limit pubsub 256mb 64mb 60.',
      )
    : ok('redis-buffer', 'A burst of news has room.')
}

function eviction({ info, policy }: RedisFacts): Finding {
  const said = policy ?? info.get('maxmemory_policy')
  if (said === undefined) {
    return skipped(
      'redis-eviction',
      'maxmemory-policy cannot be read here; see that it is noeviction.',
    )
  }
  return said === 'noeviction'
    ? ok('redis-eviction', 'Nothing is evicted.')
    : error(
        'redis-eviction',
        `maxmemory-policy ${said} throws the jobs of workers away when Redis is full; set noeviction.`,
      )
}

function memory({ info }: RedisFacts): Finding {
  const most = Number(info.get('maxmemory') ?? 0)
  const used = Number(info.get('used_memory') ?? 0)
  const shown = `${Math.ceil(used / 1024 ** 2)} MiB are used`
  if (most === 0) return ok('redis-memory', `${shown}, without a limit.`)
  const part = `${shown}, of ${Math.ceil(most / 1024 ** 2)} MiB`
  return used > FULL * most
    ? warn('redis-memory', `${part}: give it more, or find out what else is in it.`)
    : ok('redis-memory', `${part}.`)
}

/** None is needed: all that is in it may be lost. One that fails stops writes. */
function persistence({ info }: RedisFacts): Finding {
  const hasFailed =
    info.get('rdb_last_bgsave_status') === 'err' || info.get('aof_last_write_status') === 'err'
  if (hasFailed) {
    return error(
      'redis-persistence',
      'Redis cannot write to its disk, and may refuse all writes; make room, or turn persistence off.',
    )
  }
  return ok('redis-persistence', 'Its disk is no trouble; Parley needs no persistence of it.')
}
