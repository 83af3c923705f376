import { serveRemote } from '../remote/serve-remote.ts'
import { LoadGenerator } from './load-generator.ts'

serveRemote(new LoadGenerator())
