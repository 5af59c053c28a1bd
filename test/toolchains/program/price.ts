interface Entry {
  readonly cents: number
}

const table: Record<string, Entry> = { a: { cents: 5 } }

export function price<T extends string>(name: T, id: number): number {
  const key: string = name
  {
    const hidden: number = id
    if (hidden < 0) return hidden
  }
  const entry = table[key as string]!
  const sum = 1 + entry.cents * id
  let unused: number = sum
  return unused
}
