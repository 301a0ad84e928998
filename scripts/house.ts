/*
 * The house: the rooms of `src` and the rooms that each imports, as floors. An import may go down or stay on its floor; it
 * never climbs. No room imports itself over others.
 */
import type { IModule } from 'dependency-cruiser'

/** A floor of the house, from top to bottom. A room that no floor lists is on the floor `rooms`. */
const FLOORS: readonly { readonly name: string; readonly rooms: readonly string[] }[] = [
  { name: 'entries', rooms: ['entries'] },
  { name: 'outside', rooms: ['adapters', 'cli', 'client', 'react', 'server', 'testing'] },
  { name: 'instance', rooms: ['latchkey.ts', 'instance.ts', 'jobs.ts', 'server-side-calls.ts'] },
  { name: 'features', rooms: ['features', 'services.ts', 'seams.ts'] },
  { name: 'core', rooms: ['core.ts'] },
  { name: 'wholes', rooms: ['catalogue', 'options', 'storage'] },
  { name: 'rooms', rooms: [] },
  { name: 'ground', rooms: ['kernel', 'crypto'] },
]
const PLAIN_FLOOR = FLOORS.findIndex(({ name }) => name === 'rooms')
const ROOT_FILES = new Set(FLOORS.flatMap(({ rooms }) => rooms).filter((room) => room.endsWith('.ts')))

/** The rooms that each room imports. */
export type House = ReadonlyMap<string, ReadonlySet<string>>

/** Derives the rooms and their imports from the modules. Tests do not count. */
export function toHouse(modules: readonly Pick<IModule, 'source' | 'dependencies'>[]): House {
  const house = new Map<string, Set<string>>()
  for (const { source, dependencies } of modules) {
    if (source.endsWith('.test.ts')) continue
    const room = roomOf(source)
    const imported = house.get(room) ?? new Set()
    house.set(room, imported)
    for (const { resolved } of dependencies) {
      if (resolved.startsWith('src/') && roomOf(resolved) !== room) imported.add(roomOf(resolved))
    }
  }
  return house
}

/** The `feature.ts` of a room is given the core, so it is on the floor of `features.ts` and not in its room. */
function roomOf(path: string): string {
  const [, first = '', second] = path.split('/')
  const isFeature = path.endsWith('/feature.ts') && first !== 'kernel'
  if (second === undefined) return first === 'features.ts' ? 'features' : ROOT_FILES.has(first) ? first : 'entries'
  return isFeature ? 'features' : first
}

function floorOf(room: string): number {
  const floor = FLOORS.findIndex(({ rooms }) => rooms.includes(room))
  return floor === -1 ? PLAIN_FLOOR : floor
}

/** Returns the imports that climb, and a cycle of rooms if there is one. */
export function findProblems(house: House): string[] {
  const climbing = [...house].flatMap(([room, imported]) =>
    [...imported]
      .filter((other) => floorOf(other) < floorOf(room))
      .map((other) => `${room} imports ${other}, which is on a higher floor`),
  )
  const cycle = findCycle(house)
  return cycle === null ? climbing : [...climbing, `A cycle of rooms: ${cycle.join(' -> ')}`]
}

function findCycle(house: House): string[] | null {
  const finished = new Set<string>()
  function visit(room: string, path: readonly string[]): string[] | null {
    if (path.includes(room)) return [...path.slice(path.indexOf(room)), room]
    if (finished.has(room)) return null
    for (const imported of house.get(room) ?? []) {
      const cycle = visit(imported, [...path, room])
      if (cycle !== null) return cycle
    }
    finished.add(room)
    return null
  }
  for (const room of house.keys()) {
    const cycle = visit(room, [])
    if (cycle !== null) return cycle
  }
  return null
}

/** One row of the drawing: rooms of a floor that do not import each other. */
export interface Row {
  readonly floor: string
  readonly rooms: readonly string[]
}

/** Sorts the rooms into rows: a room is one row above the highest room of its floor that it imports. */
export function toRows(house: House): Row[] {
  const heights = new Map<string, number>()
  function heightOf(room: string): number {
    const known = heights.get(room)
    if (known !== undefined) return known
    const neighbours = [...(house.get(room) ?? [])].filter((other) => floorOf(other) === floorOf(room))
    const height = 1 + Math.max(-1, ...neighbours.map(heightOf))
    heights.set(room, height)
    return height
  }
  return FLOORS.flatMap(({ name }, floor) => {
    const here = [...house.keys()].filter((room) => floorOf(room) === floor).sort()
    const byHeight = Map.groupBy(here, heightOf)
    const highestFirst = [...byHeight].sort(([left], [right]) => right - left)
    return highestFirst.map(([, rooms], index) => ({ floor: index === 0 ? name : '', rooms }))
  })
}
