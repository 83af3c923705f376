/**
 * People from `first` on in groups: each group has so many rooms, in each of which all of it are. What a room
 * takes at its creation is a group, so that nobody joins by themselves.
 */
export function groupRooms(options: {
  readonly first: number
  readonly people: number
  readonly roomsEach: number
  readonly members: number
}): number[][] {
  const { first, people, roomsEach, members } = options
  const groups = Math.ceil(people / members)
  return Array.from({ length: groups }, (_, group) => {
    const size = Math.min(members, people - group * members)
    const own = Array.from({ length: size }, (_member, at) => first + group * members + at)
    return Array.from({ length: roomsEach }, () => own)
  }).flat()
}
