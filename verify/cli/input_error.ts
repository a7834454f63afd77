/** What the command was given can't be used: it ends with exit code 2, and its message is all that is shown. */
export class InputError extends Error {}
