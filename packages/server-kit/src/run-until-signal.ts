import type { Logger } from './logger.ts'

/** Drains within this, or the process ends anyway: an orchestrator would kill it, unheard. */
const HARD_STOP_MS = 120_000

/**
 * Runs until SIGTERM or SIGINT, then `stop`s. Something thrown and caught by nobody drains too: the
 * sockets of a gateway should not be dropped all at once for one forgotten `catch`.
 */
export function runUntilSignal(logger: Logger, stop: () => Promise<void>): void {
  let stopping = false
  const end = (reason: string, exitCode: number): void => {
    process.exitCode ||= exitCode
    if (stopping) return
    stopping = true
    logger.info({ reason }, 'stopping')
    setTimeout(() => process.exit(1), HARD_STOP_MS).unref()
    stop().then(
      () => {
        logger.info('stopped')
        process.exit()
      },
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => end('SIGTERM', 0))
  process.on('SIGINT', () => end('SIGINT', 0))
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'a rejection that nobody handled')
    end('unhandledRejection', 1)
  })
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an exception that nobody caught')
    end('uncaughtException', 1)
  })
}
