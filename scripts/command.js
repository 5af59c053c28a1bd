import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Programs that run; a signal that ends us ends them. @type {Set<import('node:child_process').ChildProcess>} */
export const running = new Set()

/**
 * Runs a program to its end and never longer than its limit; what it started dies with it. `show: true` lets its output
 * through as it comes, otherwise the output is kept and returned.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, show?: boolean, limitMinutes?: number }} [options]
 * @returns {Promise<{ ok: boolean, reason: string, output: string, stdout: string }>} never rejects
 */
export function run(file, args, { env = {}, cwd = root, show = false, limitMinutes = 5 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
      // A group of its own, to be ended as a whole.
      detached: process.platform !== 'win32',
    })
    running.add(child)
    let output = ''
    let stdout = ''
    const keep = (text) => (output = (output + text).slice(-1_000_000))
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      keep(text)
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', keep)

    let late = false
    const timer = setTimeout(() => {
      late = true
      end(child)
    }, limitMinutes * 60_000)
    const finish = (ok, reason) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ ok, reason, output, stdout })
    }
    child.on('error', (error) => finish(false, error.message))
    // What it left behind would keep the pipes open, and 'close' from coming.
    child.on('exit', () => end(child))
    child.on('close', (code, signal) => {
      if (late) finish(false, `took longer than ${limitMinutes} minutes`)
      else if (code === 0) finish(true, '')
      else finish(false, signal === null ? `exit code ${code}` : `ended by ${signal}`)
    })
  })
}

/** The same for a program of a dependency, named by its file in `node_modules`. */
export function runTool(file, args, options) {
  return run(
    process.execPath,
    [fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url)), ...args],
    options,
  )
}

/** Runs npm: the one that runs us, else the one on the PATH. */
export function runNpm(args, options) {
  const file = process.env.npm_execpath
  if (file !== undefined && /npm-cli\.[cm]?js$/.test(file))
    return run(process.execPath, [file, ...args], options)
  if (process.platform === 'win32') return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], options)
  return run('npm', args, options)
}

/** Ends a program with everything it started. */
export function end(child) {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) end(child)
    process.kill(process.pid, signal)
  })
}

/** Milliseconds in words. */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
