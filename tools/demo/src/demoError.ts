/** What the person who runs the demo can mend; shown as it is, exit code 2. */
export class DemoError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(`${code}: ${sentence}`);
    this.code = code;
  }
}
