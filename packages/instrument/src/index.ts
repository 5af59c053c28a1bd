import './late-parts.ts'
export {
  rewrite,
  runtimeName,
  type RewriteOptions,
  type Rewritten,
  type Untouched,
} from './rewrite/rewrite.ts'
export { originalColumn } from './function-table.ts'
export type { FunctionEntry, FunctionTable, Place, ScopeEntry, VariableEntry } from './function-table.ts'
export type { Language, SourceKind } from './rewrite/node.ts'
export type { SourceMap } from './rewrite/source-map.ts'
export type { ActiveFrame } from './active-frames.ts'
export { Frame } from './frame.ts'
export { FrameScope, type FrameVariable, type Reading } from './frame-scope.ts'
export { Runtime, type Evaluate, type TableFinder } from './runtime.ts'
export { cacheUsage, type CacheUsage } from './hooks/cache-folder.ts'
export { activeInstrumenter, installHooks } from './hooks/install.ts'
export type { InstrumenterOptions, ModuleOutcome } from './hooks/instrumenter.ts'
export { languageOf } from './hooks/instrumenter.ts'
export { UserCode, userCodeOptions, type UserCodeOptions } from './hooks/user-code.ts'
