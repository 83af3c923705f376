/** Of all jobs, for who looks at them from outside a worker. Compared with the jobs by a test. */
export const QUEUE_NAMES = [
  'erasures',
  'mails',
  'notifications',
  'previews',
  'retention',
  'scheduled',
  'search',
  'upkeep',
  'webhook-upkeep',
  'webhooks',
] as const
