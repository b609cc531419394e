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
# Sourced, it is told to the shell; from a folder of $fpath this is the first completion itself.
if [[ "\${funcstack[1]}" = _icecore ]]; then _icecore "$@"; else compdef _icecore icecore; fi`,
  fish: `function __icecore_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answers (icecore ${ASK} -- $words[2..-1] 2>/dev/null)
  if test (count $answers) -gt 0
    printf '%s\\n' $answers
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c icecore -f -a '(__icecore_complete)'`,
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
  const { before, written, lead } = splitWords(words)
  for (const word of await candidates(program, context, before, written)) {
    if (word.startsWith(written)) await writeLine(context.out, safeLine(`${lead}${word}`))
  }
  return EXIT.ok
}

/** A value may stand behind its option's `=`: bash takes that for a word of its own, the others leave it all in one. */
function splitWords(words: readonly string[]): {
  readonly before: readonly string[]
  readonly written: string
  /** What an answer is to begin with. */
  readonly lead: string
} {
  const written = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  if (written === '=') return { before, written: '', lead: '' }
  if (before.at(-1) === '=') return { before: before.slice(0, -1), written, lead: '' }
  const [lead, option] = /^(--[a-z-]+)=/.exec(written) ?? []
  if (lead === undefined || option === undefined) return { before, written, lead: '' }
  return { before: [...before, option], written: written.slice(lead.length), lead }
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
