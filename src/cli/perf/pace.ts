/** How many records are due at which time, where so many a second are wanted. */
export class Pace {
  readonly #perSecond: number

  /** @param perSecond records a second; below or at 0 as many as can be. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Records that are to be sent within this time, the first one at once. */
  due(elapsedMs: number): number {
    if (this.#perSecond <= 0) return Infinity
    return Math.floor((Math.max(0, elapsedMs) * this.#perSecond) / 1000) + 1
  }

  /** When the record behind so many is due, in ms since the begin. */
  dueAtMs(sent: number): number {
    return this.#perSecond <= 0 ? 0 : (sent * 1000) / this.#perSecond
  }
}
