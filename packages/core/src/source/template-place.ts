import { isAbsolute } from 'node:path'
import { kindOf } from './project.ts'
import type { StackFrame } from './parse-stack.ts'

/** Files that an engine makes code of: the lines in a stack are those of that code, and nothing maps them. */
const template = /\.(?:ejs|pug|jade|eta|hbs|handlebars|mustache|njk|nunjucks|liquid|twig|marko|haml|dot)$/i

/** `/views/cart.ejs:4`, with which EJS and Pug begin the message. */
const head = /^(\S[^\n]{0,1000}?):(\d{1,7})(?::(\d{1,5}))?$/

export function isTemplate(file: string): boolean {
  return template.test(file)
}

/**
 * The frames with the compiled function of a template where the template is: at the line that the message names, or
 * else anywhere in it.
 */
export function withTemplatePlaces(frames: readonly StackFrame[], message: unknown): readonly StackFrame[] {
  const line = typeof message === 'string' ? message.slice(0, 1100).split('\n', 1)[0]! : ''
  const [, file = '', row = '', column] = head.exec(line) ?? []
  let named = isAbsolute(file) && isTemplate(file) ? { file, line: Number(row), column } : undefined
  if (named === undefined && !frames.some(({ file: of }) => of !== undefined && isTemplate(of))) return frames
  return frames.map((frame) => {
    const own = frame.file !== undefined && isTemplate(frame.file)
    // Pug evaluates what it has made inside of its own package.
    const evaluated = !frame.exact && frame.file !== undefined && kindOf(frame.file) === 'dependency'
    if (named !== undefined && (own ? frame.file === named.file : evaluated)) {
      const place = { file: named.file, line: named.line, column: Number(named.column ?? 1) }
      const exact = named.column !== undefined
      named = undefined
      return placed(frame, place, exact)
    }
    return own ? placed(frame, { line: 1, column: 1 }, false) : frame
  })
}

function placed(frame: StackFrame, place: Partial<StackFrame>, exact: boolean): StackFrame {
  const isNamed = !/^(?:eval|anonymous|)$/.test(frame.functionName)
  const functionName = isNamed ? frame.functionName : 'template'
  return { ...frame, functionName, ...place, exact, mapped: true, start: -1, end: -1 }
}
