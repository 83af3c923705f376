import { configOrExit, createLogger, runUntilSignal, skewClock } from '@parley/server-kit'
import { readConfig } from './config.ts'
import { createGateway } from './create-gateway.ts'

const config = configOrExit(() => readConfig(process.env))
skewClock(config.test.clockOffsetMs)
const logger = createLogger(config.name, config.logLevel)
const gateway = await createGateway(config, logger)
runUntilSignal(logger, gateway.drain)
