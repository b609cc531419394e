export type { Assignment } from './assignments.ts'
export {
  Catalogue,
  type CatalogueColumn,
  type CatalogueObject,
  type Database,
  type NameContext,
  type ObjectPath,
  type Schema,
  type Table,
  type View,
} from './catalogue.ts'
export { type Dropped, tablesOf } from './dropped.ts'
export { type Key, renameKeyColumn } from './keys.ts'
export type { NamedObject, NamedPath, Parameter, PolicyDefinition, RoutineDefinition } from './named-objects.ts'
