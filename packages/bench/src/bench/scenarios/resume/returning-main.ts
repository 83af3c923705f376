import { serveRemote } from '../../../remote/serve-remote.ts'
import { ReturningClients } from './returning-clients.ts'

serveRemote(new ReturningClients())
