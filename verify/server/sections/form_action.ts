/** Where a button sends its form to have `action` done to a twin. */
export function actionOf(twin: string, action: string): string {
  return `?do=${action}&twin=${encodeURIComponent(twin)}`;
}
