import type { KeyObject } from 'node:crypto';
import type { Actor } from './actor.ts';

/** A secret of an application with the time in which it is good, so that a rotation can be played through. */
export interface ApplicationSecret {
  readonly id: string;
  readonly value: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A certificate an application may sign its assertions with; thumbprints in base64url. */
export interface ApplicationCertificate {
  readonly publicKey: KeyObject;
  readonly sha1: string | undefined;
  readonly sha256: string | undefined;
}

/** A foreign issuer whose assertions stand for the application: workload identity. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly publicKey: KeyObject;
}

/** One application and the user it acts as (facts, section 5). */
export interface Application {
  readonly clientId: string;
  readonly actor: Actor;
  secrets: readonly ApplicationSecret[];
  certificates: readonly ApplicationCertificate[];
  federated: readonly FederatedCredential[];
  /** Whether the organisation refuses the application id (facts, section 4.3: 0x80095ffc). */
  isBlocked: boolean;
  /** Privileges this user lacks, beside those the settings take from everybody. */
  missingPrivileges: readonly string[];
  /** May set MSCRMCallerID: prvActOnBehalfOfAnotherUser. */
  mayActOnBehalf: boolean;
  /** May skip synchronous and asynchronous logic: prvBypassCustomBusinessLogic. */
  mayBypassLogic: boolean;
  /** Tokens issued before this moment are revoked; a client that declared the capability gets a claims challenge. */
  revokedBeforeMs: number;
}

/** What holds for the one call that is being answered. Calls are answered in one turn, so there is never more than one. */
export interface CallContext {
  readonly application: Application;
  /** Who the rows say it was: the application's user, or the one it acts for. */
  readonly actor: Actor;
  readonly correlationId: string;
  /** The value of the query parameter `tag` (facts, section 3.6). */
  readonly tag: string | undefined;
  readonly bypassesSync: boolean;
  readonly bypassesAsync: boolean;
  /** Single steps that are skipped, by id. */
  readonly bypassedSteps: ReadonlySet<string>;
  /** Duplicate detection is on for this call: `MSCRM.SuppressDuplicateDetection: false`. */
  readonly detectsDuplicates: boolean;
}

/** An application with nothing but its name. */
export function createApplication(clientId: string, actor: Actor): Application {
  return {
    clientId,
    actor,
    secrets: [],
    certificates: [],
    federated: [],
    isBlocked: false,
    missingPrivileges: [],
    mayActOnBehalf: false,
    mayBypassLogic: false,
    revokedBeforeMs: 0,
  };
}
