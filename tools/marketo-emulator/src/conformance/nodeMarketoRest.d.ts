/** The part of `node-marketo-rest` that the tests use; it brings no types of its own. */
declare module 'node-marketo-rest' {
  /** An answer's envelope; `nextPage` is there while there is a token. */
  export interface Answer {
    readonly success: boolean;
    readonly result?: readonly Readonly<Record<string, unknown>>[];
    readonly nextPageToken?: string;
    readonly nextPage?: () => Promise<Answer>;
  }

  export default class Marketo {
    constructor(options: Readonly<Record<'endpoint' | 'identity' | 'clientId' | 'clientSecret', string>>);
    readonly apiCallCount: number;
    readonly lead: {
      byId(id: unknown, options?: object): Promise<Answer>;
      find(filterType: string, filterValues: readonly unknown[], options?: object): Promise<Answer>;
      createOrUpdate(input: readonly object[], options?: object): Promise<Answer>;
      describe(): Promise<Answer>;
      mergeLead(winner: unknown, losers: readonly unknown[], options: object): Promise<Answer>;
      getPageToken(sinceDatetime: string): Promise<Answer>;
      getChanges(pageToken: unknown, options: object): Promise<Answer>;
      getActivities(ids: readonly unknown[], types: readonly number[], pageToken: unknown): Promise<Answer>;
    };
    readonly activities: { getActivityTypes(): Promise<Answer> };
    readonly stats: { usage(): Promise<Answer>; errors(): Promise<Answer> };
  }
}
