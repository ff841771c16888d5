/** Something about the machine or its settings: the message says what to do, and no stack helps. */
export class StartError extends Error {}
