import { serveRemote } from '../remote/serve-remote.ts'
import { Generator } from './generator.ts'

serveRemote(new Generator())
