import type { Controller } from '../controller/controller.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { ErrorCode } from '../protocol/error-codes.ts'

/** The part of a controller that a {@link TopicCreator} needs. */
export type AutomaticController = Pick<Controller, 'createTopicAutomatically'>

/** Creates the topics that somebody needs without having asked for their creation. */
export class TopicCreator {
  readonly #controller: AutomaticController
  readonly #image: () => MetadataImage

  constructor(controller: AutomaticController, image: () => MetadataImage) {
    this.#controller = controller
    this.#image = image
  }

  /**
   * Creates topics with the broker's defaults, its own ones in their own form. Resolves when they
   * can be used, with the error code of each that could not be created. One that exists by then,
   * through whomever, is no error.
   */
  async create(names: readonly string[]): Promise<Map<string, number>> {
    const results = await Promise.all(
      names.map((name) => this.#controller.createTopicAutomatically(name)),
    )
    const failures = new Map<string, number>()
    for (const { name, errorCode } of results) {
      const exists = errorCode === ErrorCode.TOPIC_ALREADY_EXISTS
      if (errorCode !== ErrorCode.NONE && !exists) failures.set(name, errorCode)
    }
    return failures
  }

  /** Makes sure that one topic exists. Resolves with an error code. */
  async ensure(name: string): Promise<number> {
    if (this.#image().topicsByName.has(name)) return ErrorCode.NONE
    const failures = await this.create([name])
    return failures.get(name) ?? ErrorCode.NONE
  }
}
