/**
 * `node --import throwpoint/register app.js`: the modules of the program keep the variables of every function an
 * exception passes, and reports show them. Under `NODE_ENV=production` it does nothing.
 */
import '@throwpoint/instrument/register'
