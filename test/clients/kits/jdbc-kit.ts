import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installed, Kit } from './kit.ts'
import { runCommand } from './run-command.ts'

const PROGRAMS = fileURLToPath(new URL('../programs/java', import.meta.url))
const VERSION = '4.4.1'
const INSTALL_MS = 300_000
/** A store of Java's wants one; what is in this store is public. */
const STORE_PASSWORD = 'public'
/** Arrow reads memory that Java 17 closes off unless told otherwise (the driver's own documentation). */
const JAVA_OPTIONS = ['--add-opens=java.base/java.nio=ALL-UNNAMED']

export const jdbcKit: Kit = {
  name: 'JDBC',
  major: 4,
  formatParameter: 'JDBC_QUERY_RESULT_FORMAT',
  async install(cache): Promise<Installed> {
    const home = join(cache, 'jdbc')
    const jar = join(home, `snowflake-jdbc-${VERSION}.jar`)
    await mkdir(home, { recursive: true })
    const isThere = await access(jar).then(
      () => true,
      () => false,
    )
    const steps = [
      ...(isThere
        ? []
        : [
            [
              'mvn',
              '-q',
              '-B',
              'dependency:copy',
              `-Dartifact=net.snowflake:snowflake-jdbc:${VERSION}`,
              `-DoutputDirectory=${home}`,
            ],
          ]),
      ['javac', '-cp', jar, '-d', home, join(PROGRAMS, 'Target.java'), join(PROGRAMS, 'Scenario.java')],
    ]
    for (const step of steps) {
      const { code, stdout, stderr } = await runCommand(step, { timeoutMs: INSTALL_MS })
      if (code === null) return { ok: false, why: `there is no ${step[0]} command` }
      if (code !== 0) return { ok: false, why: `${step[0]}: ${`${stdout}${stderr}`.trim().split('\n').at(-1)}` }
    }
    return { ok: true, command: ['java', ...JAVA_OPTIONS, '-cp', `${jar}:${home}`, 'Scenario'], version: VERSION }
  },
  async trust(authorityFile) {
    const store = `${authorityFile}.p12`
    await rm(store, { force: true })
    const options = ['-storetype', 'PKCS12', '-storepass', STORE_PASSWORD]
    const { code, stdout } = await runCommand(
      [
        'keytool',
        '-importcert',
        '-noprompt',
        '-alias',
        'authority',
        '-file',
        authorityFile,
        '-keystore',
        store,
        ...options,
      ],
      { timeoutMs: INSTALL_MS },
    )
    if (code !== 0) throw new Error(`keytool: ${stdout}`)
    const properties = { trustStore: store, trustStoreType: 'PKCS12', trustStorePassword: STORE_PASSWORD }
    const flags = Object.entries(properties).map(([name, value]) => `-Djavax.net.ssl.${name}=${value}`)
    return { JDK_JAVA_OPTIONS: flags.join(' ') }
  },
}
