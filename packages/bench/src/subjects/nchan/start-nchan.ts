import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrograms, freePort, NCHAN_MODULE } from '@parley/local-cluster'
import { runSubject } from '../run-subject.ts'
import { answers } from '../start-nodes.ts'
import type { SubjectLaunch } from '../subject-launch.ts'
import type { StartSubject } from '../subject.ts'
import { wakeChannels } from './wake-channels.ts'

/** Each node is an nginx with one worker; channels are shared through Redis. */
export const startNchan: StartSubject = async (options) => {
  const subject = await runSubject({ name: 'nchan', dialect: 'nchan' }, options, startNodes)
  return {
    ...subject,
    async stage(plan) {
      const clients = await subject.stage(plan)
      await wakeChannels(clients)
      return clients
    },
  }
}

async function startNodes(launch: SubjectLaunch): Promise<number[]> {
  const { nginx: command } = await ensurePrograms(['nginx'], launch.onProgress)
  const redisPort = await launch.startRedis()
  launch.onProgress(`Starting ${launch.nodes} nodes`)
  const ports: number[] = []
  for (let number = 1; number <= launch.nodes; number += 1) {
    const name = `n${number}`
    const port = await freePort()
    const dir = join(launch.dir, name)
    mkdirSync(dir, { recursive: true })
    const file = join(dir, 'nginx.conf')
    writeFileSync(file, configuration({ dir, port, redisPort }))
    await launch.start('front', {
      name,
      command,
      args: ['-c', file, '-p', dir, '-e', join(dir, 'error.log')],
      logFile: launch.logFile(name),
      stopTimeoutMs: 10_000,
      // It listens before it has found Redis.
      isReady: () => answers(`http://127.0.0.1:${port}/pub/ready`, { method: 'POST', body: '1' }),
    })
    ports.push(port)
  }
  return ports
}

interface Node {
  readonly dir: string
  readonly port: number
  readonly redisPort: number
}

const BODIES = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function configuration({ dir, port, redisPort }: Node): string {
  const owner = process.getuid?.() === 0 ? 'user root;' : ''
  const bodies = BODIES.map((body) => `${body}_temp_path ${dir}/${body};`).join('\n  ')
  const channel = `
      nchan_redis_pass redis;
      nchan_redis_storage_mode distributed;`
  return `load_module ${NCHAN_MODULE};
daemon off;
${owner}
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log warn;
events { worker_connections 19000; }
http {
  access_log off;
  ${bodies}
  keepalive_timeout 3600;
  keepalive_requests 1000000000;
  nchan_redis_idle_channel_cache_timeout 1h;
  nchan_max_reserved_memory 256M;
  upstream redis { nchan_redis_server redis://127.0.0.1:${redisPort}; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^/sub/([\\w,-]+)$ {
      nchan_subscriber websocket;
      nchan_channel_id $1;
      nchan_channel_id_split_delimiter ",";
      nchan_subscriber_first_message newest;${channel}
    }
    location ~ ^/pub/([\\w-]+)$ {
      nchan_publisher http;
      nchan_channel_id $1;
      nchan_message_buffer_length 10;
      nchan_message_timeout 30s;${channel}
    }
  }
}
`
}
