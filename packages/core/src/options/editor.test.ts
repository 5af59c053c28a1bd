import { describe, expect, it } from 'vitest'
import { resolveOptions } from './resolve-options.ts'

function chosen(editor: string | false | undefined, env: Record<string, string> = {}): string | undefined {
  return resolveOptions(editor === undefined ? {} : { editor }, env).editor
}

function refusal(editor: unknown): string {
  try {
    resolveOptions({ editor } as never, {})
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return (error as Error).message.replace('The option "editor" ', '')
  }
  throw new Error(`accepted ${String(editor)}`)
}

describe('the option editor', () => {
  it('is a name, a URL or false', () => {
    expect(chosen('vscode')).toBe('vscode://file/{file}:{line}:{column}')
    expect(chosen('zed')).toBe('zed://file/{file}:{line}:{column}')
    expect(chosen('idea')).toBe('idea://open?file={file}&line={line}&column={column}')
    expect(chosen(' my-editor://open/{file}?at={line} ')).toBe('my-editor://open/{file}?at={line}')
    expect(chosen('http://localhost:63342/api/file/{file}:{line}')).toContain('63342')
    expect(chosen(false, { EDITOR: 'code' })).toBeUndefined()
  })

  it.each([
    ['vscod', 'knows no editor "vscod"; did you mean "vscode"?'],
    ['JavaScript', 'knows no editor "JavaScript"; there are vscode'],
    ['__proto__', 'knows no editor "__proto__"; there are vscode'],
    ['', 'knows no editor ""; there are vscode'],
    [true, 'must be the name of an editor, a URL with {file}, or false, not true'],
    ['javascript:alert(1)//{file}', 'must not have the scheme javascript:, which opens no editor'],
    ['JavaScript:alert(1)//{file}', 'must not have the scheme javascript:, which opens no editor'],
    [' \tjavascript:alert(1)//{file}', 'must not have the scheme javascript:, which opens no editor'],
    ['data:text/html,{file}', 'must not have the scheme data:, which opens no editor'],
    ['vbscript:{file}', 'must not have the scheme vbscript:, which opens no editor'],
    ['file://{file}', 'must not have the scheme file:, which opens no editor'],
    [
      'java\nscript:alert(1)//{file}',
      "must be a URL of printable ASCII such as 'zed://file/{file}:{line}:{column}', and",
    ],
    ['\x01javascript:alert(1)//{file}', 'must be a URL of printable ASCII'],
    ['{file}', 'must be a URL of printable ASCII'],
    ['//evil.test/{file}', 'must be a URL of printable ASCII'],
    ['x:{file} "onclick=', 'must be a URL of printable ASCII'],
    [`x:{file}${'a'.repeat(600)}`, 'must be a URL of printable ASCII'],
    ['https://evil.test/{file}', 'must not send paths to another machine'],
    ['http://localhost@evil.test/{file}', 'must not send paths to another machine'],
    ['http://localhost.evil.test/{file}', 'must not send paths to another machine'],
    ['http:{file}', 'must not send paths to another machine'],
    ['zed://file/', 'must have {file} where the path belongs'],
    ['zed://{file}:{row}', 'has "{row}"; there are {file}, {line} and {column}'],
    ['zed://{file}:{', 'has "{"; there are'],
  ])('%j is refused with a sentence', (editor, message) => {
    expect(refusal(editor).slice(0, message.length)).toBe(message)
  })

  it('is read from THROWPOINT_EDITOR, which goes before it', () => {
    expect(chosen('zed', { THROWPOINT_EDITOR: 'cursor' })).toContain('cursor:')
    expect(chosen('zed', { THROWPOINT_EDITOR: 'off' })).toBeUndefined()
    const { editor, warnings } = resolveOptions({}, { THROWPOINT_EDITOR: 'javascript:{file}' })
    expect(editor).toBeUndefined()
    expect(warnings).toEqual([
      'The variable THROWPOINT_EDITOR is ignored: it must not have the scheme javascript:, which opens no editor',
    ])
  })
})

describe('without it the environment says', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ EDITOR: 'vim' }, undefined],
    [{ EDITOR: 'constructor' }, undefined],
    [{ EDITOR: 'code --wait' }, 'vscode:'],
    [{ EDITOR: '/usr/local/bin/cursor' }, 'cursor:'],
    [{ EDITOR: '"C:\\Program Files\\Microsoft VS Code\\bin\\code.cmd" -w' }, 'vscode:'],
    [{ EDITOR: 'C:\\Programs\\webstorm64.exe' }, 'webstorm:'],
    [{ EDITOR: 'vim', VISUAL: 'zed --wait' }, 'zed:'],
    [{ EDITOR: 'code', VISUAL: 'vim' }, 'vscode:'],
    [{ EDITOR: 'code', LAUNCH_EDITOR: 'idea' }, 'idea:'],
    [{ EDITOR: 'zed', TERM_PROGRAM: 'vscode' }, 'vscode:'],
    [{ TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.99.0-insider' }, 'vscode-insiders:'],
    [{ TERM_PROGRAM: 'vscode', CURSOR_TRACE_ID: 'x' }, 'cursor:'],
    [{ TERM_PROGRAM: 'vscode', VSCODE_GIT_ASKPASS_NODE: '/usr/share/windsurf/windsurf' }, 'windsurf:'],
    [{ TERM_PROGRAM: 'vscode', VSCODE_GIT_ASKPASS_NODE: '/usr/share/codium/codium' }, 'vscodium:'],
    [{ TERM_PROGRAM: 'tmux', VSCODE_IPC_HOOK_CLI: '/run/x.sock' }, 'vscode:'],
    [{ TERM_PROGRAM: 'zed' }, 'zed:'],
    [{ TERMINAL_EMULATOR: 'JetBrains-JediTerm', __CFBundleIdentifier: 'com.jetbrains.intellij.ce' }, 'idea:'],
    [{ TERMINAL_EMULATOR: 'JetBrains-JediTerm' }, undefined],
    [{ TERM_PROGRAM: 'vscode', SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' }, undefined],
    [{ TERM_PROGRAM: 'vscode', REMOTE_CONTAINERS: 'true' }, undefined],
    [{ TERM_PROGRAM: 'zed', WSL_DISTRO_NAME: 'Ubuntu' }, undefined],
  ])('%j: %s', (env, scheme) => {
    expect(/^[a-z-]+:/.exec(chosen(undefined, env) ?? '')?.[0]).toBe(scheme)
  })

  it('reaches files in WSL', () => {
    expect(chosen(undefined, { TERM_PROGRAM: 'vscode', WSL_DISTRO_NAME: 'Ubuntu {file}' })).toBe(
      'vscode://vscode-remote/wsl+Ubuntu%20%7Bfile%7D/{file}:{line}:{column}',
    )
  })
})
