/** The global symbol under which rewritten modules find the runtime. Another meaning of the notes is another number. */
export const runtimeName = 'throwpoint.instrument.1'
