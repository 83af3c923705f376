import { startMosquitto } from '../subjects/mosquitto/start-mosquitto.ts'
import { startNaive } from '../subjects/naive/start-naive.ts'
import { startNats } from '../subjects/nats/start-nats.ts'
import { startNchan } from '../subjects/nchan/start-nchan.ts'
import { startParley } from '../subjects/parley/start-parley.ts'
import { startSocketIo, startSocketIoSharded } from '../subjects/socket-io/start-socket-io.ts'
import type { StartSubject, SubjectName } from '../subjects/subject.ts'
import { startWs } from '../subjects/ws/start-ws.ts'

export const STARTERS: Readonly<Record<SubjectName, StartSubject>> = {
  parley: startParley,
  'socket.io': startSocketIo,
  'socket.io-sharded': startSocketIoSharded,
  ws: startWs,
  nats: startNats,
  mosquitto: startMosquitto,
  nchan: startNchan,
  naive: startNaive,
}
