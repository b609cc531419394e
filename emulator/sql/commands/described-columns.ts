/** Columns of what DESCRIBE says of columns: of tables, views and results. */
export const DESCRIBED_COLUMNS = [
  'name',
  'type',
  'kind',
  'null?',
  'default',
  'primary key',
  'unique key',
  'check',
  'expression',
  'comment',
  'policy name',
] as const
