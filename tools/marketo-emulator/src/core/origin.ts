/** Who makes a change and how the activity log describes it. */
export interface Origin {
  readonly actor: string;
  readonly actorKind: 'human' | 'application';
  readonly source: string;
  readonly reason: string;
  /** "Source Type" of a New Lead. */
  readonly sourceType: string;
  /** The API call that did it; null for control edits. */
  readonly requestId: string | null;
}
