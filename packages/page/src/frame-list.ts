import type { Frame, Scope } from '@throwpoint/protocol'
import { attribute, type Content, html, type Html } from './html.ts'
import type { Sheet } from './sheet.ts'
import { sourceView } from './source-view.ts'
import { variableTree } from './value-tree.ts'
import { count, cut, fileOf } from './words.ts'

const mostFrames = 500

/** A stretch of the frames of one error. */
type Stretch =
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** Frames of dependencies and of Node, or the same call again and again. */
  | {
      readonly kind: 'folded'
      readonly title: string
      readonly frames: readonly Frame[]
      /** Their source stands above, in the call they repeat. */
      readonly same: boolean
    }

/**
 * The frames of one error, from the throw outwards. Those of the user are rows of their own; what lies between them
 * is folded to a count.
 *
 * @param open whether the first of the user's frames is open
 */
export function frameList(frames: readonly Frame[], open: boolean, sheet: Sheet): Html {
  const shown = frames.slice(0, mostFrames)
  const first = open ? (shown.find(({ kind }) => kind === 'app') ?? shown.find(hasBody)) : undefined
  const rowOf = (frame: Frame): Html => frameRow(frame, frame === first, sheet)
  const rows = stretches(shown).map((stretch) => {
    if (stretch.kind === 'frame') return rowOf(stretch.frame)
    return html`<li class="fold"><details>
<summary>${stretch.title}</summary>
<ol class="frames">${stretch.frames.map(stretch.same ? (frame) => rowOf(withoutSource(frame)) : rowOf)}</ol>
</details></li>`
  })
  const rest = frames.length - shown.length
  if (rest > 0) rows.push(html`<li class="fold why">${count(rest, 'more frame')} in the JSON</li>`)
  return html`<ol class="frames">${rows}</ol>`
}

function stretches(frames: readonly Frame[]): Stretch[] {
  const found: Stretch[] = []
  const anyApp = frames.some(({ kind }) => kind === 'app')
  let at = 0
  while (at < frames.length) {
    const frame = frames[at]!
    let end = at + 1
    if (anyApp ? frame.kind !== 'app' : at >= 3) {
      while (end < frames.length && (!anyApp || frames[end]!.kind !== 'app')) end += 1
      const folded = frames.slice(at, end)
      found.push({ kind: 'folded', title: ownersOf(folded), frames: folded, same: false })
    } else {
      found.push({ kind: 'frame', frame })
      while (end < frames.length && isSameCall(frame, frames[end]!)) end += 1
      const same = frames.slice(at + 1, end)
      // Two in a row are no recursion worth a fold.
      if (same.length > 1) {
        const title = `the same call ${same.length} more times`
        found.push({ kind: 'folded', title, frames: same, same: true })
      } else end = at + 1
    }
    at = end
  }
  return found
}

function withoutSource(frame: Frame): Frame {
  const { source: _above, ...rest } = frame
  return frame.source === undefined ? frame : rest
}

function isSameCall(a: Frame, b: Frame): boolean {
  if (a.location === null || b.location === null || a.functionName !== b.functionName) return false
  return a.location.file === b.location.file && a.location.line === b.location.line
}

function ownersOf(frames: readonly Frame[]): string {
  const owners = [...new Set(frames.map(ownerOf))]
  const more = owners.length > 3 ? `, ${owners.length - 3} more` : ''
  return `${count(frames.length, 'frame')} of ${owners.slice(0, 3).join(', ')}${more}`
}

function ownerOf({ kind, location }: Frame): string {
  if (kind === 'node') return 'Node'
  if (kind === 'app') return 'yours'
  const parts = (location?.file ?? '').split(/[/\\]/)
  const at = parts.lastIndexOf('node_modules')
  const name = at === -1 ? undefined : parts[at + 1]
  if (name === undefined) return 'a dependency'
  return cut(name.startsWith('@') ? `${name}/${parts[at + 2] ?? ''}` : name, 60)
}

function frameRow(frame: Frame, open: boolean, sheet: Sheet): Html {
  const head = html`${nameOf(frame)}${tags(frame)}${placeOf(frame, sheet)}`
  const edit = editLink(frame, sheet)
  const kind = edit === null ? frame.kind : `${frame.kind} editable`
  if (!hasBody(frame)) return html`<li class="${kind}"><div class="frame">${head}</div>${edit}</li>`
  return html`<li class="${kind}"><details${open ? attribute('open') : null}>
<summary class="frame">${head}</summary>
${frameBody(frame, open, sheet)}
</details>${edit}</li>`
}

function hasBody({ source, scopes, generated, this: receiver }: Frame): boolean {
  return source !== undefined || scopes.length > 0 || generated !== undefined || receiver !== undefined
}

function nameOf({ functionName, async: isAsync }: Frame): Html {
  const name = functionName === '' ? html`<span class="anon">(anonymous)</span>` : cut(functionName, 200)
  return html`<span class="fn">${isAsync ? html`<span class="k2">async</span> ` : null}${name}</span>`
}

function tags({ birth }: Frame): Content {
  return birth ? html` <span class="tag">constructed here, not thrown</span>` : null
}

/** Of a template the line alone is known. */
const isProgram = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee)$/i

function placeOf({ location }: Frame, { cwd }: Sheet): Html {
  if (location === null) return html` <span class="at">unknown place</span>`
  const { file, line, column, exact } = location
  const somewhere = isProgram.test(file) ? ' somewhere in this function' : null
  const position = exact ? html`<b>:${line}:${column}</b>` : html`<b>:${line}</b>${somewhere}`
  return html` <span class="at">${fileOf(file, cwd)}${position}</span>`
}

/** Into the editor, from the user's own frames. It stands beside the summary: a control in a control is none. */
function editLink({ location, kind }: Frame, { cwd, editor }: Sheet): Html | null {
  if (kind !== 'app' || location === null) return null
  const address = editor?.(location)
  if (address === undefined) return null
  const label = `Edit ${fileOf(location.file, cwd)}:${location.line}`
  return html`<a class="edit" href="${address}" aria-label="${label}" title="Open in the editor">Edit</a>`
}

function frameBody(frame: Frame, open: boolean, sheet: Sheet): Html {
  const { generated, location } = frame
  const label =
    location === null ? 'Source' : `Source, ${fileOf(location.file, sheet.cwd)}, line ${location.line}`
  const variables = variablesOf(frame, sheet)
  const mapped =
    generated === undefined
      ? null
      : html`<p class="why">Runs as ${fileOf(generated.file, sheet.cwd)}:${generated.line}:${generated.column}</p>`
  const reason =
    open && variables === null && sheet.noVariables !== null
      ? html`<p class="why">No variables. ${cut(sheet.noVariables, 500)}</p>`
      : null
  return html`<div class="${variables === null ? 'body' : 'body two'}">
<div>${sourceView(frame, label)}${mapped}${reason}</div>
${variables}
</div>`
}

function variablesOf({ this: receiver, scopes }: Frame, sheet: Sheet): Html | null {
  const shown = scopes.filter(
    ({ variables, unavailable }) => variables.length > 0 || unavailable !== undefined,
  )
  if (shown.length === 0 && receiver === undefined) return null
  const own = receiver === undefined ? null : variableTree([{ name: 'this', value: receiver }], sheet)
  return html`<div class="vars">${shown.map((scope) => scopeView(scope, sheet))}${own}</div>`
}

/** The near scopes are open: what they hold is what the failing line works with. */
function scopeView({ type, variables, unavailable }: Scope, sheet: Sheet): Html {
  const near = type === 'block' || type === 'local'
  const why = unavailable === undefined ? null : html`<p class="why">${cut(unavailable, 500)}</p>`
  return html`<details class="scope"${near ? attribute('open') : null}>
<summary>${scopeNames[type]} <span class="why">${variables.length}</span></summary>
${variables.length === 0 ? null : variableTree(variables, sheet)}${why}
</details>`
}

const scopeNames: Readonly<Record<Scope['type'], string>> = {
  block: 'Block',
  local: 'Local',
  closure: 'Closure',
  module: 'Module',
}
