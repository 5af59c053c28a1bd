import { nearest } from '@throwpoint/core/nearest'
import { listed } from './arguments.ts'
import { type CommandEntry, commandTable, help, type OptionEntry, runCommand, version } from './table.ts'
import { UsageError } from './usage-error.ts'

const shells: Readonly<Record<'bash' | 'zsh' | 'fish', () => string>> = { bash, zsh, fish }

/** `throwpoint completion bash | zsh | fish` */
export function completion(args: string[]): number {
  const [shell = ''] = args
  const names = Object.keys(shells)
  if (!Object.hasOwn(shells, shell)) {
    const near = nearest(shell, names)
    const guess = near === undefined ? '' : `; did you mean ${near}?`
    throw new UsageError(
      `A shell is needed: ${listed(names)}${shell === '' ? '' : `, not ${shell}${guess}`}`,
      'completion',
    )
  }
  process.stdout.write(completionScript(shell as keyof typeof shells))
  return 0
}

export function completionScript(shell: keyof typeof shells): string {
  return shells[shell]()
}

/** All options of a command. */
function optionsOf(command: CommandEntry): readonly OptionEntry[] {
  return [...command.options, help, ...(command === runCommand ? [version] : [])]
}

function words(command: CommandEntry): string {
  return optionsOf(command)
    .map(({ name }) => `--${name}`)
    .join(' ')
}

const names = (): string =>
  commandTable
    .slice(1)
    .map(({ name }) => name)
    .join(' ')

/** Options whose value is the next word, over all commands; a shell has to know what to skip. */
function withValue(): readonly OptionEntry[] {
  const all = commandTable.flatMap(({ options }) => options)
  return all.filter(({ name, value, optional }, at) => {
    return value !== undefined && optional !== true && all.findIndex((one) => one.name === name) === at
  })
}

function bash(): string {
  const values = withValue()
  const cases = values.map(({ name, short, value, choices }) => {
    const pattern = short === undefined ? `--${name}` : `--${name}|-${short}`
    if (choices !== undefined)
      return `    ${pattern}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur")); return ;;`
    if (value === 'DIR')
      return `    ${pattern}) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); return ;;`
    return `    ${pattern}) return ;;`
  })
  const skipped = values.flatMap(({ name, short }) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ])
  const perCommand = commandTable.slice(1).map((command) => {
    const operands =
      command.completes === 'files'
        ? 'files'
        : command.completes === 'nothing'
          ? ''
          : command.completes.join(' ')
    return `    ${command.name}) options='${words(command)}'; operands='${operands}' ;;`
  })
  return `# Completion of throwpoint for bash: eval "$(throwpoint completion bash)"
_throwpoint() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word at
  local options='${words(runCommand)}' operands='files'
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case $word in
      ${skipped.join('|')}) ((at++)) ;;
      -*) ;;
      *) command=$word; break ;;
    esac
  done
  case $command in
    '') ;;
${perCommand.join('\n')}
    *) compopt -o default; return ;;
  esac
  case $previous in
${cases.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  fi
  if [[ $operands == files ]]; then
    compopt -o filenames
    COMPREPLY=($(compgen -f -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$operands" -- "$cur"))
  fi
  [[ -n $command ]] || COMPREPLY+=($(compgen -W '${names()}' -- "$cur"))
}
complete -F _throwpoint throwpoint
`
}

function zsh(): string {
  const spec = ({ name, short, value, optional, many, choices, description }: OptionEntry): string => {
    const text = description.replaceAll(/[[\]:']/g, (one) => (one === "'" ? "'\\''" : `\\${one}`))
    const action =
      choices !== undefined
        ? `(${choices.join(' ')})`
        : value === 'DIR'
          ? '_files -/'
          : value === 'FILE'
            ? '_files'
            : ' '
    const argument = value === undefined ? '' : `${optional === true ? '::' : ':'}${value}:${action}`
    const equals = value === undefined ? '' : optional === true ? '=-' : '='
    const spelled = [
      `--${name}${equals}`,
      ...(short === undefined ? [] : [`-${short}${value === undefined ? '' : '+'}`]),
    ]
    return spelled.map((one) => `'${many === true ? '*' : ''}${one}[${text}]${argument}'`).join(' ')
  }
  const list = (command: CommandEntry): string => optionsOf(command).map(spec).join(' \\\n        ')
  const operand = ({ completes }: CommandEntry): string => {
    if (completes === 'nothing') return ''
    return completes === 'files' ? " '*:file:_files'" : ` '1:shell:(${completes.join(' ')})'`
  }
  const cases = commandTable
    .slice(1)
    .map((command) => `    ${command.name})\n      _arguments ${list(command)}${operand(command)} ;;`)
  const described = commandTable
    .slice(1)
    .map(({ name, summary }) => `'${name}:${summary.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`)
  return `#compdef throwpoint
# Completion of throwpoint for zsh: eval "$(throwpoint completion zsh)", after compinit
_throwpoint() {
  local context state line
  local -a commands
  typeset -A opt_args
  _arguments -C ${list(runCommand)} \\
        '1: :->first' '*:: :->rest' && return
  case $state in
    first)
      commands=(${described.join(' ')})
      _describe command commands
      _files ;;
    rest)
  case $line[1] in
${cases.join('\n')}
    *) _files ;;
  esac ;;
  esac
}
compdef _throwpoint throwpoint
`
}

function fish(): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const line = (command: CommandEntry, option: OptionEntry): string => {
    const when =
      command === runCommand ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${command.name}`
    const parts = [`complete -c throwpoint -n ${quoted(when)} -l ${option.name}`]
    if (option.short !== undefined) parts.push(`-s ${option.short}`)
    if (option.choices !== undefined) parts.push(`-x -a ${quoted(option.choices.join(' '))}`)
    else if (option.value === 'DIR' || option.value === 'FILE')
      parts.push(option.optional === true ? '' : '-r')
    else if (option.value !== undefined) parts.push('-x')
    parts.push(`-d ${quoted(option.description)}`)
    return parts.filter(Boolean).join(' ')
  }
  const commands = commandTable.slice(1).map(({ name, summary }) => {
    return `complete -c throwpoint -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
  })
  const operands = commandTable.slice(1).flatMap(({ name, completes }) => {
    if (completes === 'files') return []
    const list = completes === 'nothing' ? '' : ` -a ${quoted(completes.join(' '))}`
    return [`complete -c throwpoint -n ${quoted(`__fish_seen_subcommand_from ${name}`)} -f${list}`]
  })
  const options = commandTable.flatMap((command) => optionsOf(command).map((option) => line(command, option)))
  return `# Completion of throwpoint for fish\n${[...commands, ...operands, ...options].join('\n')}\n`
}
