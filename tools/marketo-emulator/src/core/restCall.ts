/** A REST call as it came in, free of any HTTP library. */
export interface RestCall {
  readonly method: string;
  /** Path with its dot segments resolved. */
  readonly pathname: string;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly body: string;
  readonly authorization: string | undefined;
  /** The Range header, which only bulk files heed. */
  readonly range?: string;
}
