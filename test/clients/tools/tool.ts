/** A client or tool as its users have it, what it is installed from, and what is done with it. */
export interface Tool {
  readonly name: string
  /** What `pip` installs into a folder of its own below the cache. */
  readonly requirements?: readonly string[]
  /** The Maven artifact, `group:name:version`. */
  readonly artifact?: string
  /** Commands that must be there already. */
  readonly commands?: readonly string[]
  /** Pages of `docs/guides/clients/` that are followed word by word. */
  readonly guides: readonly string[]
  /** Programs beside this file that check by themselves, and end with 0 when all is well. */
  readonly programs?: readonly string[]
}

export const TOOLS: readonly Tool[] = [
  { name: 'node', guides: ['node'] },
  { name: 'python-4', requirements: ['snowflake-connector-python>=4,<5'], guides: ['python'] },
  { name: 'python-5', requirements: ['snowflake-connector-python>=5,<6'], guides: ['python'] },
  { name: 'go', commands: ['go'], guides: ['go'] },
  {
    name: 'jdbc',
    commands: ['java', 'keytool'],
    artifact: 'net.snowflake:snowflake-jdbc:4.4.1',
    guides: ['jdbc'],
    programs: ['Metadata.java'],
  },
  {
    name: 'adbc',
    requirements: ['adbc-driver-snowflake', 'adbc-driver-manager', 'pyarrow'],
    guides: ['adbc'],
    programs: ['adbc_metadata.py'],
  },
  {
    name: 'sqlalchemy',
    requirements: ['snowflake-sqlalchemy==2.1.*', 'pandas', 'pyarrow'],
    guides: ['sqlalchemy', 'pandas'],
    programs: ['reflection.py'],
  },
  {
    name: 'snowpark',
    requirements: ['snowflake-snowpark-python[pandas]'],
    guides: ['snowpark', 'pandas'],
    programs: ['snowpark_session.py'],
  },
  // Unpinned, 2.x downloads a parser as it is installed.
  { name: 'dbt', requirements: ['dbt-core==1.11.*', 'dbt-snowflake==1.11.*'], guides: ['dbt'] },
  { name: 'snow', requirements: ['snowflake-cli'], guides: ['snow'] },
]
