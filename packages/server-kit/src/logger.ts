import { pino, type Logger } from 'pino'

export type { Logger }

/** JSON lines on stdout. What may hold a secret is cut out whatever object it is logged in. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'token',
        'password',
        'authorization',
        'refreshToken',
        'accessToken',
        'cookie',
      ].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[secret]',
    },
  })
}
