/** Carries what a function of the caller's threw in the middle of a write: that write changed nothing. */
export class CallbackError extends Error {
  constructor(cause: unknown) {
    super("The callback of a write failed", { cause });
  }
}

/** Lets a function of the caller's throw a {@link CallbackError} instead of what it throws. */
export function marked<A extends unknown[], R>(
  callback: (...args: A) => R | PromiseLike<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    try {
      return await callback(...args);
    } catch (error) {
      throw new CallbackError(error);
    }
  };
}

/** Waits for a write, and throws what the caller's function threw. */
export async function unmarked<A>(written: Promise<A>): Promise<A> {
  try {
    return await written;
  } catch (error) {
    throw error instanceof CallbackError ? error.cause : error;
  }
}
