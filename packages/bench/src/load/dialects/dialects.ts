import type { DialectName } from '../../subjects/subject.ts'
import type { Dialect } from './dialect.ts'
import { mqtt } from './mqtt.ts'
import { nats } from './nats.ts'
import { nchan } from './nchan.ts'
import { parley } from './parley.ts'
import { socketIo } from './socket-io.ts'
import { ws } from './ws.ts'

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  parley,
  'socket.io': socketIo,
  ws,
  nats,
  mqtt,
  nchan,
}
