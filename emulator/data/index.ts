export { type Canary, canaries } from './canaries.ts'
export { passesIbanCheck, passesLuhn } from './identifiers.ts'
export { type DataSink, loadDataSet } from './load-data-set.ts'
