/** The input is at fault, not the command: it prints the message without a stack, and ends with exit code 2. */
export class InputError extends Error {}
