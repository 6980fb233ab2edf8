/** An answer of the emulated service that is a failure: HTTP status, code (`0x` and eight digits) and text. */
export class DataverseError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'DataverseError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The error codes the emulator can answer with (facts, section 4.3). */
export const errorCodes = {
  objectDoesNotExist: '0x80040217',
  unknownSegment: '0x80060888',
  undeclaredProperty: '0x80048d19',
  invalidArgument: '0x80040203',
  textTooLong: '0x80044331',
  integerOutOfRange: '0x8004432f',
  decimalOutOfRange: '0x80044330',
  badDate: '0x80040239',
  optionNotInSet: '0x8004431a',
  badStatePair: '0x80048408',
  wrongState: '0x80040233',
  columnReadDenied: '0x8004f504',
  columnUpdateDenied: '0x8004f507',
  columnCreateDenied: '0x8004f502',
  missingPrivilege: '0x80040220',
  notAMember: '0x80072560',
  userDisabled: '0x8004a112',
  mayNotActOnBehalf: '0x8004a110',
  applicationBlocked: '0x80095ffc',
  pluginAborted: '0x80040265',
  notAuthenticated: '0x80040204',
  etagMismatch: '0x80060882',
  duplicateKey: '0x80040237',
  duplicateRecord: '0x80040333',
  cannotDeleteDueToAssociation: '0x80040227',
  notSupported: '0x80040315',
  expiredVersionStamp: '0x80044352',
  changeTrackingNotEnabled: '0x80072491',
  relatedTrackingNotEnabled: '0x80072492',
  concurrentOperation: '0x80071154',
  tooManyRequests: '0x80072322',
  tooMuchTime: '0x80072321',
  tooManyAtOnce: '0x80072326',
  unexpected: '0x80040216',
} as const;

/** A 400 answer. */
export function badRequest(code: string, message: string): DataverseError {
  return new DataverseError(400, code, message);
}

/** The 404 of a row that is not there; the text names the table and the id. */
export function rowMissing(table: string, id: string): DataverseError {
  return new DataverseError(
    404,
    errorCodes.objectDoesNotExist,
    `Entity '${table}' With Id = ${id} Does Not Exist`,
  );
}
