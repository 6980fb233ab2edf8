import type { Admin, Kafka } from 'kafkajs';
import { withSyncErrors } from './kafkaErrors.ts';

/** Opens an admin client for one piece of work. Errors come out with their code. */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  return withSyncErrors(async () => {
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  });
}
