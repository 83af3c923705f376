interface Spec {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Without the flag. */
  readonly usual: number
  readonly isWhole?: true
}

const WHOLE = { isWhole: true } as const

/** As they stand in the usage, in its order. */
const FLAGS = [
  { name: 'sockets', from: 1, to: 10_000_000, usual: 10_000, ...WHOLE },
  { name: 'rooms', from: 1, to: 10_000_000_000, usual: 1, ...WHOLE },
  { name: 'rooms-per-user', from: 0.01, to: 10_000, usual: 20 },
  { name: 'members', from: 1, to: 10_000_000, usual: 20 },
  { name: 'largest-room', from: 1, to: 100_000_000, usual: 1_000 },
  { name: 'online', from: 0.001, to: 1, usual: 0.3 },
  { name: 'messages-per-second', from: 0, to: 10_000_000, usual: 0 },
  { name: 'messages-per-user-hour', from: 0, to: 10_000, usual: 6 },
  { name: 'message-bytes', from: 1, to: 80_000, usual: 200 },
  { name: 'reads-per-user-hour', from: 0, to: 10_000, usual: 12 },
  { name: 'presence-per-user-hour', from: 0, to: 10_000, usual: 4 },
  { name: 'watched', from: 0, to: 200, usual: 20 },
  { name: 'minutes-online', from: 0.1, to: 100_000, usual: 60 },
  { name: 'storm', from: 0, to: 1, usual: 1 },
  { name: 'load', from: 0.05, to: 1, usual: 0.5 },
  { name: 'gateway-memory-mb', from: 256, to: 65_536, usual: 4_096 },
  { name: 'files', from: 1_024, to: 10_000_000, usual: 65_536, ...WHOLE },
  { name: 'heads-interval-ms', from: 100, to: 600_000, usual: 5_000 },
  { name: 'mysql-cores', from: 1, to: 1_024, usual: 16 },
  { name: 'spare', from: 0, to: 100, usual: 1, ...WHOLE },
  { name: 'machine-cores', from: 1, to: 1_024, usual: 8, ...WHOLE },
] as const satisfies readonly Spec[]

export type NumberFlag = (typeof FLAGS)[number]['name']

export const NUMBER_FLAGS: readonly (Spec & { readonly name: NumberFlag })[] = FLAGS
