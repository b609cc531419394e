export {
  Catalogue,
  type CatalogueColumn,
  type CatalogueObject,
  type Database,
  type NameContext,
  type ObjectPath,
  type Table,
  type View,
} from './catalogue.ts'
