import { createLogger, EnvironmentError, runUntilSignal } from '@parley/server-kit'
import { readConfig, type ApiConfig } from './config.ts'
import { createApi } from './create-api.ts'

function readConfigOrExit(): ApiConfig {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(2)
  }
}

const config = readConfigOrExit()
const logger = createLogger(config.name, config.logLevel)
const api = await createApi(config, logger)
runUntilSignal(logger, api.stop)
