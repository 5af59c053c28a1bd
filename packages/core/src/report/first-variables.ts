import type { Frame, Report, Variable } from '@throwpoint/protocol'

/**
 * The variables somebody looks at first: those of the user's function nearest to the throw; of the module, when no
 * function was on the way, without its functions.
 */
export function firstVariables({
  frames,
}: Pick<Report, 'frames'>): { readonly frame: Frame; readonly variables: readonly Variable[] } | undefined {
  const own = frames.filter(({ kind }) => kind === 'app')
  const frame =
    own.find(({ scopes }) =>
      scopes.some(({ type, variables }) => type !== 'module' && variables.length > 0),
    ) ?? own.find(({ scopes }) => scopes.some(({ variables }) => variables.length > 0))
  if (frame === undefined) return undefined
  const all = frame.scopes.flatMap(({ type, variables }) =>
    type === 'module' ? variables.filter(({ value }) => value.type !== 'function') : variables,
  )
  const near = frame.scopes
    .filter(({ type }) => type === 'block' || type === 'local')
    .flatMap(({ variables }) => variables)
  const variables = near.length > 0 ? near : all
  return variables.length > 0 ? { frame, variables } : undefined
}
