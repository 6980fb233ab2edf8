import { v5 as uuidV5 } from 'uuid';

/** Namespace of golden ids: the first row of a person decides its golden id, so that two routers agree. */
const goldenNamespace = 'b6bb7e6c-9c4e-5a53-8e57-6f3f3c9b1a40';

/** The golden id of a row that nothing else is known about. */
export const goldenIdOf = (key: string): string => uuidV5(key, goldenNamespace);
