/** Completion for shells: a short script asks the command itself, so that it never knows less than the command does. */
import { Argument, type Command } from 'commander'
import { safeLine } from '../lib/text/index.ts'
import { findConfigFile, loadConfig } from '../server/config/index.ts'
import { type CliContext, EXIT, writeLine } from './context.ts'
import type { Finish } from './main.ts'
import { liveRecordings } from './operator/live-recordings.ts'
import { OperatorClient } from './operator/operator-client.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
/** What the scripts call: hidden from help, since nobody writes it. */
const ASK = '__complete'
const MOST_SESSIONS = 50

/** `words` are those behind `icecore`, the one that is being written last. No answer lets the shell offer files. */
const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `_icecore() {
  local IFS=$'\\n'
  COMPREPLY=($(icecore ${ASK} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _icecore icecore`,
  zsh: `#compdef icecore
_icecore() {
  local -a answers
  answers=("\${(@f)$(icecore ${ASK} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${answers[1]}" ]]; then compadd -- "\${answers[@]}"; else _files; fi
}
compdef _icecore icecore`,
  fish: `function __icecore_complete
  set -l words (commandline -opc) (commandline -ct)
  icecore ${ASK} -- $words[2..-1] 2>/dev/null
end
complete -c icecore -a '(__icecore_complete)'`,
}

export function addCompletionCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .description('print the script by which a shell completes commands, options and ids of sessions')
    .option('--json', 'the output is the script in any case')
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(icecore completion bash)\n  $ icecore completion fish > ~/.config/fish/completions/icecore.fish',
    )
    .action((shell: (typeof SHELLS)[number]) => finish(writeLine(context.out, SCRIPTS[shell]).then(() => EXIT.ok)))
  program
    .command(`${ASK} [words...]`, { hidden: true })
    .action((words: readonly string[]) => finish(answer(program, context, words)))
}

async function answer(program: Command, context: CliContext, words: readonly string[]): Promise<number> {
  const before = words.slice(0, -1)
  const written = words.at(-1) ?? ''
  for (const word of await candidates(program, context, before, written)) {
    if (word.startsWith(written)) await writeLine(context.out, safeLine(word))
  }
  return EXIT.ok
}

async function candidates(
  program: Command,
  context: CliContext,
  before: readonly string[],
  written: string,
): Promise<readonly string[]> {
  const command = commandOf(program, before)
  const option = command.options.find(({ short, long }) => [short, long].includes(before.at(-1)))
  // The value of an option: one of its words, or a file.
  if (option?.required === true) return option.argChoices ?? []
  if (written.startsWith('-')) return command.options.flatMap(({ long }) => long ?? [])
  const [argument] = command.registeredArguments
  if (argument?.argChoices !== undefined) return argument.argChoices
  if (argument?.name() === 'session') return sessionIds(context, before)
  return command.commands.filter((child) => !child.name().startsWith('__')).map((child) => child.name())
}

function commandOf(program: Command, words: readonly string[]): Command {
  return words.reduce<Command>(
    (command, word) => command.commands.find((child) => child.name() === word) ?? command,
    program,
  )
}

/** Of the running Icecore, newest first. Whatever is in the way is not told here: there is nothing to complete then. */
async function sessionIds({ environment }: CliContext, words: readonly string[]): Promise<readonly string[]> {
  const named = words.findIndex((word) => word === '-c' || word === '--config')
  try {
    const loaded = await loadConfig(findConfigFile(named < 0 ? undefined : words[named + 1], environment))
    if (!loaded.ok) return []
    const recordings = liveRecordings(new OperatorClient(loaded.config.data))
    return (await recordings.sessions({ limit: MOST_SESSIONS })).map(({ id }) => id)
  } catch {
    return []
  }
}
