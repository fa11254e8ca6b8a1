/**
 * Bounds that more than one layer must agree on. Those of Kafka's wire format have the same values
 * in `native/base/limits.h`.
 */

/**
 * Most elements of one array in a message; a longer one is refused before anything is allocated.
 */
export const wireArrayElementsMax = 1_000_000

/**
 * Most elements of all arrays of one message together. Nested arrays of small structs would
 * otherwise turn a frame of 100 MiB into several GiB of objects.
 */
export const wireMessageElementsMax = 5_000_000

/** Most tagged fields in one section of a message. */
export const wireTaggedFieldsMax = 10_000

/** Longest string of a message, in UTF-8 bytes: its length must fit an int16. */
export const wireStringBytesMax = 32_767
