/** A control call that cannot be carried out; the status is HTTP's. */
export class ControlError extends Error {
  readonly status: number;
  readonly faults: readonly string[];

  constructor(status: number, faults: readonly string[]) {
    super(faults.join('; '));
    this.status = status;
    this.faults = faults;
  }
}
