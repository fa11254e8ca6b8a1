/** A whole answer to an HTTP request. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** An answer of one JSON object, with a line end for those who read it in a terminal. */
export function jsonAnswer(status: number, object: object): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(object)}\n` }
}

/** An answer of one sentence. */
export function textAnswer(status: number, sentence: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${sentence}\n` }
}
