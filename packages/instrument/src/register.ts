/**
 * `node --import @throwpoint/instrument/register app.js`: rewrites the user modules of the program.
 * Under `NODE_ENV=production` it does nothing.
 */
import { installHooks } from './hooks/install.ts'

if (process.env['NODE_ENV'] !== 'production' && process.env['THROWPOINT'] !== '0') installHooks()
