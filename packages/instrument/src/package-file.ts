/**
 * A file of this package.
 *
 * @param name - as seen from `dist`, where the files lie that the build has made of many
 */
export function packageFile(name: string): URL {
  return new URL(name, import.meta.url)
}
