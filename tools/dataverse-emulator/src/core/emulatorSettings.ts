import { Type, type Static } from '@sinclair/typebox';

/** Shape of the settings the control API reads and writes. Switches marked [inferred] have no documented truth. */
export const emulatorSettingsSchema = Type.Object(
  {
    pageSizeMax: Type.Integer({ minimum: 1, maximum: 5000 }),
    retentionDays: Type.Integer({ minimum: 0, maximum: 365 }),
    /** How long changes of metadata are known (`ExpireSubscriptionsInDays`). */
    metadataRetentionDays: Type.Integer({ minimum: 0, maximum: 1000 }),
    tokenLifetimeSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
    limits: Type.Object(
      {
        isEnabled: Type.Boolean(),
        requestsMax: Type.Integer({ minimum: 1 }),
        windowSeconds: Type.Integer({ minimum: 1 }),
        executionTimeMsMax: Type.Integer({ minimum: 1 }),
        concurrentRequestsMax: Type.Integer({ minimum: 1 }),
        recommendedParallelism: Type.Integer({ minimum: 1 }),
        /** Web servers; each counts on its own. */
        servers: Type.Integer({ minimum: 1, maximum: 64 }),
        /** Execution time charged for each call; 0 charges the real one. */
        simulatedCallMs: Type.Integer({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
    /** Whether the organisation knows the caller's application. */
    applicationUser: Type.Union([Type.Literal('present'), Type.Literal('absent'), Type.Literal('disabled')]),
    /** Privileges taken away, such as `prvReadlead`, `prvCreatecontact`, `prvWritelead`, `prvDeletelead`. */
    missingPrivileges: Type.Array(Type.String(), { maxItems: 100 }),
    /** Whether a revoked token of a client that declared the capability is answered with a claims challenge. */
    challengesClaims: Type.Boolean(),
    expiredAccessTokenStatus: Type.Integer({ minimum: 400, maximum: 499 }),
    expiredDeltaTokenStatus: Type.Integer({ minimum: 400, maximum: 499 }),
    malformedDeltaTokenCode: Type.String({ pattern: '^0x[0-9a-f]{1,8}$' }),
    deletesInDelta: Type.Union([Type.Literal('last'), Type.Literal('first'), Type.Literal('byVersion')]),
    omitDeltaLink: Type.Union([Type.Boolean(), Type.Literal('withAnnotations')]),
    /** [inferred] False lets later pages of a tracked read show what changed meanwhile. */
    pinsHighWaterMark: Type.Boolean(),
    /** [inferred] Whether a delta has rows of which only columns changed that are not selected. */
    doUnselectedChangesShow: Type.Boolean(),
    /** [inferred] Whether a row that was deleted and made again comes with a tombstone too. */
    areRecreatedRowsBuried: Type.Boolean(),
    /** [inferred] Whether delta tokens of a table without changes expire. */
    doQuietTokensAge: Type.Boolean(),
    /** [inferred] Other statuses and codes for refusals, by the code that is answered here. */
    refusals: Type.Record(
      Type.String({ pattern: '^0x[0-9a-f]{1,8}$' }),
      Type.Object(
        {
          status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
          code: Type.Optional(Type.String({ pattern: '^0x[0-9a-f]{1,8}$' })),
        },
        { additionalProperties: false },
      ),
    ),
    /** [inferred] Whether a client may choose the id of a new row. */
    areChosenIdsTaken: Type.Boolean(),
    /** [inferred] What becomes of rows nested in the body of an update. */
    deepUpdates: Type.Union([Type.Literal('refused'), Type.Literal('ignored')]),
    /** [inferred] In whose name synchronous plug-ins write. */
    pluginAuthor: Type.Union([Type.Literal('caller'), Type.Literal('system')]),
    /** [inferred] Whether plug-ins write after the row was answered, so that its version is another soon. */
    doPluginsWriteAfterwards: Type.Boolean(),
    /** [inferred] Which columns QualifyLead copies: those with a namesake, or names alone. */
    qualifyCopies: Type.Union([Type.Literal('namesakes'), Type.Literal('names')]),
    /** [inferred] Whether assertions of a foreign issuer are taken for an application. */
    takesFederatedAssertions: Type.Boolean(),
    /** [inferred] Whether the version of the metadata rises by a restore. */
    doesRestoreRaiseMetadata: Type.Boolean(),
    existingRowCode: Type.String({ pattern: '^0x[0-9a-f]{1,8}$' }),
    refusesBulkDuplicates: Type.Boolean(),
    doMembershipsTouchRows: Type.Boolean(),
    recordCountAgeHours: Type.Integer({ minimum: 0, maximum: 24 }),
    /** Size of a webhook's body above which its data is left out. */
    webhookBytesMax: Type.Integer({ minimum: 1, maximum: 262_144 }),
    /** How long a webhook's receiver has for its answer. */
    webhookTimeoutMs: Type.Integer({ minimum: 1, maximum: 60_000 }),
    /** [inferred] Status of the refusal of an address above 32 KB. */
    longAddressStatus: Type.Integer({ minimum: 400, maximum: 499 }),
    isEmptyTextNull: Type.Boolean(),
    /** Whether each connection comes with its mirror image. */
    areConnectionsReciprocal: Type.Boolean(),
    /** [inferred] Whether a lookup that is blanked by a delete counts as a change by its author. */
    doesRemoveLinkTouchModified: Type.Boolean(),
    /** Status of a refused duplicate: 412 by the newer page, 500 by the older one. */
    duplicateStatus: Type.Integer({ minimum: 400, maximum: 599 }),
    areClosedLeadsReadOnly: Type.Boolean(),
    /** [inferred] Whether a part of a change set without Content-ID is refused. */
    requiresContentId: Type.Boolean(),
    /** [inferred] Whether a write within a batch without Content-Length is refused. */
    requiresInnerContentLength: Type.Boolean(),
    /** False leaves the index of a new alternate key pending until the control API says otherwise. */
    areKeysIndexedAtOnce: Type.Boolean(),
    /** [inferred] Whether a change of a table's metadata voids its delta tokens. */
    doesMetadataChangeVoidTokens: Type.Boolean(),
    /** [inferred] Whether answers carry `globalmetadataversion` when annotations are asked for. */
    hasGlobalMetadataVersion: Type.Boolean(),
    /** Per table how far the callers may read; tables that are not named: the whole organisation. */
    readScopes: Type.Record(Type.String(), Type.Union([Type.Literal('user'), Type.Literal('organization')])),
    /** [inferred] What a filter or an order by a secured column meets that the caller may not read. */
    securedColumnsInQueries: Type.Union([Type.Literal('refused'), Type.Literal('null')]),
    /** [inferred] Whether a restored environment is a new organisation. */
    isRestoredAsNewOrganization: Type.Boolean(),
  },
  { additionalProperties: false },
);

/** Values the emulator runs with. */
export type EmulatorSettings = Static<typeof emulatorSettingsSchema>;

/** What the documentation states, and for the rest what is most likely (facts, sections 1.5, 3.2, 4.1, 5). */
export const defaultSettings: EmulatorSettings = {
  pageSizeMax: 5000,
  retentionDays: 7,
  metadataRetentionDays: 90,
  tokenLifetimeSeconds: 3600,
  limits: {
    isEnabled: true,
    requestsMax: 6000,
    windowSeconds: 300,
    executionTimeMsMax: 1_200_000,
    concurrentRequestsMax: 52,
    recommendedParallelism: 10,
    servers: 1,
    simulatedCallMs: 0,
  },
  applicationUser: 'present',
  missingPrivileges: [],
  challengesClaims: true,
  expiredAccessTokenStatus: 401,
  expiredDeltaTokenStatus: 400,
  malformedDeltaTokenCode: '0x80040203',
  deletesInDelta: 'last',
  omitDeltaLink: false,
  pinsHighWaterMark: true,
  doUnselectedChangesShow: true,
  areRecreatedRowsBuried: false,
  doQuietTokensAge: true,
  refusals: {},
  areChosenIdsTaken: true,
  deepUpdates: 'refused',
  pluginAuthor: 'caller',
  doPluginsWriteAfterwards: false,
  qualifyCopies: 'namesakes',
  takesFederatedAssertions: true,
  doesRestoreRaiseMetadata: true,
  existingRowCode: '0x80040237',
  refusesBulkDuplicates: true,
  doMembershipsTouchRows: false,
  recordCountAgeHours: 0,
  webhookBytesMax: 262_144,
  webhookTimeoutMs: 60_000,
  longAddressStatus: 414,
  isEmptyTextNull: true,
  areConnectionsReciprocal: true,
  doesRemoveLinkTouchModified: false,
  duplicateStatus: 412,
  areClosedLeadsReadOnly: true,
  requiresContentId: true,
  requiresInnerContentLength: false,
  areKeysIndexedAtOnce: true,
  doesMetadataChangeVoidTokens: true,
  hasGlobalMetadataVersion: true,
  readScopes: {},
  securedColumnsInQueries: 'refused',
  isRestoredAsNewOrganization: false,
};
