import type { ClientPlan } from '../../../subjects/subject.ts'

/** The same people, all on the first so many nodes, in turn. */
export function placedOn(hosts: number, people: readonly ClientPlan[]): ClientPlan[] {
  const ports = [...new Set(people.map(({ port }) => port))].slice(0, hosts)
  return people.map((person, at) => ({ ...person, port: ports[at % ports.length] ?? person.port }))
}

/** On how many of so many nodes a room is put: on one, on two, on all. */
export const hostsOf = (nodes: number): number[] =>
  [...new Set([1, 2, nodes])].filter((hosts) => hosts <= nodes)
