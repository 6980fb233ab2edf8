/** A list whose members are put in and taken out one by one. */
export interface StaticList {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly programName?: string;
  readonly workspaceName: string;
  /** Milliseconds, as all times here. */
  readonly createdAt: number;
  updatedAt: number;
  /** When each person came. */
  readonly members: Map<number, number>;
}
