class Given {
  constructor(object: object) {
    return object
  }
}

/**
 * Remembers a value for an object, out of reach of everybody else: a private field, which no reflection, proxy or
 * inspection of the program can see. A quick form of a weak map: one throw costs a third less. What cannot take a field
 * goes into a real one.
 */
export class Stamp<T> extends Given {
  #value: T

  private constructor(object: object, value: T) {
    super(object)
    this.#value = value
  }

  static get<T>(object: object): T | undefined {
    return #value in object ? (object as unknown as Stamp<T>).#value : (others.get(object) as T | undefined)
  }

  /** Once for each object: there is nothing there yet. */
  static set<T>(object: object, value: T): void {
    try {
      void new Stamp(object, value)
    } catch {
      others.set(object, value)
    }
  }
}

const others = new WeakMap<object, unknown>()
