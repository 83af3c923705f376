import { configOrExit, createLogger, runUntilSignal, skewClock } from '@parley/server-kit'
import { readConfig } from './config.ts'
import { createApi } from './create-api.ts'

const config = configOrExit(() => readConfig(process.env))
skewClock(config.test.clockOffsetMs)
const logger = createLogger(config.name, config.logLevel)
const api = await createApi(config, logger)
runUntilSignal(logger, api.stop)
