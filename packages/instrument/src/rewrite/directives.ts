import type { Node } from './node.ts'

export function hasDirective(body: readonly Node[], text: string): boolean {
  for (const statement of body) {
    if (typeof statement['directive'] !== 'string') return false
    if (statement['directive'] === text) return true
  }
  return false
}

export function hasUseStrict(body: readonly Node[]): boolean {
  return hasDirective(body, 'use strict')
}
