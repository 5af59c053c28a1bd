export function serve(_args: string[]): undefined {}
