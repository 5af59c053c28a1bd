// What a program loads before its own modules, as one file: run by the build of packages/instrument, in its folder.
import { build } from 'esbuild'

await build({
  entryPoints: ['dist/preload.js', 'dist/late-parts.js'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  target: 'node20.19',
  // A comment is read at every start
  minifyWhitespace: true,
  legalComments: 'none',
  define: { 'import.meta.url': 'fileOfThis' },
  banner: { js: `const fileOfThis=require('node:url').pathToFileURL(__filename).href;` },
  logLevel: 'warning',
})
