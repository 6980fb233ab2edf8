/** What is wrong with a file; docs/rules.md says what each code means. */
export type RuleFaultCode =
  | 'YAML_INVALID'
  | 'KEY_UNKNOWN'
  | 'VALUE_INVALID'
  | 'EXPRESSION_INVALID'
  | 'FIELD_UNKNOWN'
  | 'FIELD_FIXED'
  | 'FIELD_INCOMPLETE'
  | 'FIELD_TAKEN'
  | 'DIRECTION_IMPOSSIBLE'
  | 'POLICY_IMPOSSIBLE'
  | 'LABELS_WRONG';

/** Keys from the top of the file down to a place in it. */
export type RulePath = readonly string[];

/** A fault and its place; `nearest` is the valid name that looks most like what was written. */
export type Finding = {
  readonly code: RuleFaultCode;
  readonly path: RulePath;
  readonly sentence: string;
  readonly nearest?: string | undefined;
  /** True when the key is wrong, not its value. */
  readonly isKey?: boolean;
};

/** The same by line and column, both from 1. */
export type RuleFault = Pick<Finding, 'code' | 'sentence' | 'nearest'> & {
  readonly line: number;
  readonly column: number;
};

/** One line for a person: `lockstep.yaml:4:5 KEY_UNKNOWN ...`. */
export function faultLine(file: string, { line, column, code, sentence, nearest }: RuleFault): string {
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;

  return `${file}:${line}:${column} ${code} ${sentence}${hint}`;
}
