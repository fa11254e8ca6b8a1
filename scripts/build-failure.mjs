/** A build that cannot go on for a reason the user can mend: printed as one sentence. */
export class BuildFailure extends Error {}
