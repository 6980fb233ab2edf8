/** Every action. */
export const syncActions = ['createOrUpdate', 'createOnly', 'updateOnly', 'createDuplicate'] as const;

/** What a sync may do with its records. */
export type SyncAction = (typeof syncActions)[number];
