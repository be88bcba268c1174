export * from './append.js'
export * from './append-guarded.js'
export * from './clock.js'
export * from './codec.js'
export * from './codecs.js'
export * from './decider.js'
export * from './dictionary.js'
export * from './errors.js'
export * from './event.js'
export * from './faults.js'
export * from './follow.js'
export * from './id.js'
export * from './json.js'
export * from './json-schema.js'
export { type Loaded, load } from './load.js'
export * from './memory-store.js'
export * from './personal.js'
export * from './position.js'
export * from './random.js'
export { frozenRecord } from './record.js'
export * from './schema.js'
export {
  foldHashOf,
  memorySnapshots,
  SNAPSHOT_COMMANDS,
  type Snapshot,
  type Snapshots,
  type SnapshotUse,
} from './snapshot.js'
export * from './store.js'
export * from './stream-name.js'
export * from './transact.js'
export * from './unknown-fields.js'
