/** What is measured of one process or store at one moment, by the name of the gauge. */
export type Gauges = Readonly<Record<string, number>>

/** By process: `g1`, `a1`, `w1`, `redis`, `database`, `balancer`. */
export type Reading = ReadonlyMap<string, Gauges>
