import { ensurePrograms, keepSecrets, prepareServers } from '@parley/local-cluster'
import { createConnection } from 'mariadb'
import { runSubject } from '../run-subject.ts'
import { startNodes } from '../start-nodes.ts'
import type { StartSubject } from '../subject.ts'

const TABLE = `
  CREATE TABLE message (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    room_id VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    text TEXT NOT NULL,
    sent_at DATETIME(3) NOT NULL,
    INDEX message_room (room_id, id)
  )`

/** Socket.IO before a database: one INSERT a message. Both servers are set up as Parley's own are. */
export const startNaive: StartSubject = (options) =>
  // Whichever INSERT ends first is broadcast first.
  runSubject({ name: 'naive', dialect: 'socket.io', isOrdered: false }, options, async (launch) => {
    const programs = await ensurePrograms(['redis-server', 'mariadbd'], launch.onProgress)
    launch.onProgress('Starting Redis and the database')
    const { databasePassword } = keepSecrets(launch.dir)
    const servers = await prepareServers({ dir: launch.dir, programs, databasePassword })
    await Promise.all(
      servers.specs.map((spec) =>
        launch.start(spec.name === 'database' ? 'database' : 'broker', spec),
      ),
    )
    const databaseUrl = servers.databaseUrl.replace(/^mysql:/u, 'mariadb:')
    const connection = await createConnection(`${databaseUrl}?allowPublicKeyRetrieval=true`)
    await connection.query(TABLE)
    await connection.end()
    const env = { DATABASE_URL: databaseUrl }
    return startNodes(launch, 'socket-io', { args: [servers.redisUrl, 'classic'], env })
  })
