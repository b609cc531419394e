/**
 * The config file: one YAML file, checked as a whole before anything starts. A tired person who mistypes a key at three
 * in the morning is told the line, the column and the key that was meant, for every mistake at once.
 */
export type { AccessRule, Agent, Person } from './actors.ts'
export { compareConfigs, type Difference, keepFixed } from './compare.ts'
export type { Connection } from './connections.ts'
export { readDocument } from './document.ts'
export type { Issuer } from './issuers.ts'
export { configJsonSchema } from './json-schema.ts'
export { findConfigFile, type LoadedConfig, loadConfig, parseConfig } from './load.ts'
export type { Place, Problem, ProblemCode } from './problem.ts'
export type { Config } from './schema.ts'
