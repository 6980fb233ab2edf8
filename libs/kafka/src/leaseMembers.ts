import type { Admin, Kafka } from 'kafkajs';
import { toldBy } from './leaseAssigner.ts';
import { scopedId } from './names.ts';
import { retryTransient } from './retryTransient.ts';
import { withAdmin } from './withAdmin.ts';

/** Who waits for a lease or holds it, by the notes that they joined with. */
export type LeaseMembers = {
  readonly lease: string;
  readonly notes: readonly string[];
  /** False while the group chooses a holder: the broker does not show the notes then. */
  readonly isSettled: boolean;
};

/** The leases `<family>/...` that somebody waits for or holds. Groups that the user may not describe are not among them. */
export async function leaseMembers(
  kafka: Kafka,
  prefix: string,
  family: string,
): Promise<readonly LeaseMembers[]> {
  const leases = `${scopedId(prefix, 'lease')}/`;

  const read = () => withAdmin(kafka, (admin) => readMembers(admin, leases, family));
  // A broker that has just started, or taken over groups, cannot list them for a moment.
  return retryTransient(read, () => true);
}

async function readMembers(admin: Admin, leases: string, family: string): Promise<readonly LeaseMembers[]> {
  const { groups } = await admin.listGroups();
  const ids = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${leases}${family}/`));
  const described = ids.length === 0 ? [] : (await admin.describeGroups(ids)).groups;

  return described
    .filter(({ members }) => members.length > 0)
    .map(({ groupId, members, state }) => ({
      lease: groupId.slice(leases.length),
      notes: members.flatMap(({ memberMetadata }) => toldBy(memberMetadata)?.note ?? []),
      isSettled: state === 'Stable',
    }));
}
