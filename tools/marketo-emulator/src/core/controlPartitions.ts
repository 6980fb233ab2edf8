import type { ControlActor } from './controlEdits.ts';
import { humanOrigin, personOf } from './controlEdits.ts';
import { ControlError } from './controlError.ts';
import type { Instance } from './instance.ts';
import type { Partition } from './partition.ts';
import { updatePerson } from './persons.ts';

const partitionsMax = 100;

/** Adds a partition. Throws 400 for a name that is missing or taken, and beyond 100. */
export function addPartition(instance: Instance, name: unknown, description: unknown): Partition {
  const { partitions } = instance;
  if (typeof name !== 'string' || name === '') throw new ControlError(400, ['name expected']);
  if (partitions.some((one) => one.name === name))
    throw new ControlError(400, [`partition ${name} is there`]);
  if (partitions.length >= partitionsMax)
    throw new ControlError(400, [`at most ${partitionsMax} partitions`]);
  const more = typeof description === 'string' ? { description } : {};
  const partition = { id: (partitions.at(-1)?.id ?? 0) + 1, name, ...more };
  partitions.push(partition);
  return partition;
}

/** The ids of partitions by their names. Throws 400 for anything else, 404 for an unknown name. */
export function idsOfPartitions(instance: Instance, names: unknown): ReadonlySet<number> {
  if (!Array.isArray(names)) throw new ControlError(400, ['partitions must be an array of names']);
  return new Set(names.map((name) => partitionOf(instance, name).id));
}

/** Moves a person as a marketer would; throws 404 for an unknown person or partition. */
export function moveAsMarketer(
  instance: Instance,
  { id, partitionName }: { readonly id: number; readonly partitionName: unknown },
  by: ControlActor,
): void {
  const leadPartitionId = partitionOf(instance, partitionName).id;
  updatePerson(instance, personOf(instance, id), { leadPartitionId }, humanOrigin(by, 'New lead'));
}

function partitionOf({ partitions }: Instance, name: unknown): Partition {
  const partition = partitions.find((one) => one.name === name);
  if (partition === undefined) throw new ControlError(404, [`no partition ${String(name)}`]);
  return partition;
}
