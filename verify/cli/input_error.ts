/** The input of the command is at fault, not its code: it prints the message without a stack and ends with exit code 2. */
export class InputError extends Error {}
