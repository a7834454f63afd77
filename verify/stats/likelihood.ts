/**
 * The logarithm of the probability of `successes` and `failures`, in a given order, if each trial succeeds with the
 * probability `rate`.
 */
export function logLikelihood(successes: number, failures: number, rate: number): number {
  return (successes === 0 ? 0 : successes * Math.log(rate)) + (failures === 0 ? 0 : failures * Math.log1p(-rate));
}

/**
 * The same probability, averaged over rates that are drawn from Beta(a, b): ln(B(a + successes, b + failures) / B(a, b)), as a
 * function of b.
 */
export function betaRatios(a: number, successes: number, failures: number): (b: number) => number {
  const rise = logGammaRise(a, successes);
  // Paired so that large terms that are nearly equal are never computed apart.
  return (b) => rise + logGammaRise(b, a) - logGammaRise(b + failures, a + successes);
}

/** The logarithm of a sum, from the logarithms of its terms. */
export function logOfSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, term) => sum + Math.exp(term - largest), 0));
}

/** ln Γ(x + k) - ln Γ(x) for x > 0 and k >= 0, accurate also where k is small beside x and the two are nearly equal. */
function logGammaRise(x: number, k: number): number {
  let rise = 0;
  // Γ(x) = Γ(x + 1) / x, until Stirling's series has converged.
  for (; x < 16; x++) rise -= Math.log1p(k / x);
  return rise + (x - 0.5) * Math.log1p(k / x) + k * Math.log(x + k) - k + stirlingTail(x + k) - stirlingTail(x);
}

/**
 * What Stirling's formula (x - 1/2) ln x - x + ln(2π)/2 lacks of ln Γ(x), to 1e-16 from x = 16 up (Abramowitz and
 * Stegun, Handbook of Mathematical Functions, 6.1.40).
 */
function stirlingTail(x: number): number {
  const s = 1 / (x * x);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / x;
}
